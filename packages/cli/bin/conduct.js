#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
import module from 'node:module'

const NODE_MAJOR_MIN = 24
const major = Number(process.versions.node.split('.')[0])
if (major < NODE_MAJOR_MIN) {
  process.stderr.write(
    `conduct needs Node ${NODE_MAJOR_MIN} or newer; this is Node ${process.versions.node}.\n` +
      'Install Node 24 (https://nodejs.org), or in a clone of conduct type: npx -y pnpm@12 conduct\n',
  )
  process.exit(2)
}
module.enableCompileCache?.()
await import('#bin')
