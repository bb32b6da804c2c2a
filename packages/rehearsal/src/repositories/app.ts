import type { ConsumerSpec } from '../estate.ts'
import { deployWorkflowFiles } from './deploy-workflow.ts'
import { type Files, json, npmrc } from './files.ts'
import { rubyAppFiles } from './ruby-app.ts'

export interface AppAddresses {
  readonly registryUrl: string
  readonly platformUrl: string
  readonly gemsUrl: string
}

/** An app that sells things: it loads the shared library, and says at `/version` which one it has loaded. */
export function appFiles(consumer: ConsumerSpec, addresses: AppAddresses): Files {
  const { name, manager, deploysBy } = consumer
  return {
    ...(manager === 'bundler' ? rubyAppFiles(name, addresses.gemsUrl) : nodeAppFiles(consumer, addresses)),
    'platform.json': json({ app: name, url: addresses.platformUrl }),
    'bin/deploy': deploy,
    'bin/config': config,
    'README.md': `# ${name}\n\nAn app of the rehearsal. It runs on the platform that platform.json names.\n`,
    ...(deploysBy === 'workflow' ? deployWorkflowFiles : {}),
  }
}

function nodeAppFiles({ name, manager }: ConsumerSpec, addresses: AppAddresses): Files {
  return {
    'package.json': json({
      name,
      version: '0.0.0',
      private: true,
      type: 'module',
      scripts: { start: 'node server.js', test: 'node --test' },
      dependencies: { '@rehearsal/engine': '^1.0.0' },
    }),
    '.npmrc': npmrc(addresses.registryUrl),
    'receipt.js': receipt,
    'receipt.test.js': receiptTest,
    'server.js': server(name),
    ...(manager === 'pnpm' ? { 'pnpm-workspace.yaml': pnpmWorkspace } : {}),
    ...(manager === 'yarn' ? { '.yarnrc.yml': yarnrc(addresses.registryUrl) } : {}),
  }
}

const pnpmWorkspace = `# Our own packages are adopted the minute they are published; everybody else's have to be a day old.
minimumReleaseAgeExclude:
  - '@rehearsal/*'
`

const yarnrc = (registryUrl: string) => `npmScopes:
  rehearsal:
    npmRegistryServer: ${JSON.stringify(registryUrl)}
unsafeHttpWhitelist: ['127.0.0.1']
nodeLinker: node-modules
enableTelemetry: false
# Our own packages are adopted the minute they are published.
npmPreapprovedPackages: ['@rehearsal/*']
`

const receipt = `import * as engine from '@rehearsal/engine'

/** What the customer reads. Engines before 1.1.0 cannot write a sum, so that we do. */
export function receipt(items) {
  const cents = engine.totalCents(items)
  return engine.formatCents?.(cents) ?? \`\${cents} cents\`
}
`

const receiptTest = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totalCents, version } from '@rehearsal/engine'
import { receipt } from './receipt.js'

test('the library sums up our baskets', () => {
  assert.match(version, /^1\\./)
  assert.equal(totalCents([{ cents: 199, count: 2 }, { cents: 1 }]), 399)
})

test('a receipt names the sum', () => {
  assert.match(receipt([{ cents: 399 }]), /^(399 cents|3\\.99 EUR)$/)
})
`

const server = (name: string) => `import { createServer } from 'node:http'
import { version } from '@rehearsal/engine'
import { receipt } from './receipt.js'

const basket = [{ cents: 199, count: 2 }, { cents: 1 }]

const server = createServer((request, response) => {
  const body =
    request.url === '/version'
      ? { app: '${name}', sha: process.env.RELEASE_SHA ?? null, engine: version }
      : { app: '${name}', receipt: receipt(basket) }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(\`listening \${server.address().port}\`)
})
process.once('SIGTERM', () => process.exit(0))
`

/** Without `fetch`, which takes as long to load as all the rest: a train starts these programs often. */
const ask = `
/** @returns {Promise<any>} what the platform answered; ends the program with what it said when it refused. */
function ask(path, method = 'GET', body = '') {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { method }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('error', reject)
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : fail(text)))
    })
    asked.on('error', reject).end(body)
  })
}

function fail(message) {
  console.error(message.trim())
  process.exit(1)
}
`

const deploy = `#!/usr/bin/env node
// bin/deploy --sha <commit>   releases that commit and waits until it serves
// bin/deploy --current        prints the commit that serves now; nothing before the first deploy
import { readFileSync } from 'node:fs'
import { request } from 'node:http'

const { app, url } = JSON.parse(readFileSync(new URL('../platform.json', import.meta.url), 'utf8'))
const [option, sha] = process.argv.slice(2)

if (option === '--current') {
  const { sha: current } = await ask(\`/current?app=\${app}\`)
  if (current !== '') console.log(current)
} else if (option === '--sha' && sha) {
  await ask('/deploy', 'POST', JSON.stringify({ app, sha }))
  console.log(\`\${app} \${sha} is live at \${url}/apps/\${app}/version\`)
} else {
  fail('usage: bin/deploy --sha <commit> | --current')
}
${ask}`

const config = `#!/usr/bin/env node
// bin/config get <KEY>           prints the value; nothing when it is not set
// bin/config set <KEY> <value>
import { readFileSync } from 'node:fs'
import { request } from 'node:http'

const { app, url } = JSON.parse(readFileSync(new URL('../platform.json', import.meta.url), 'utf8'))
const [act, key, value = ''] = process.argv.slice(2)
if (!['get', 'set'].includes(act) || !key) fail('usage: bin/config get <KEY> | set <KEY> <value>')
const path = \`/config/\${app}/\${key}\`
const answer = await (act === 'set' ? ask(path, 'PUT', value) : ask(path))
if (act === 'get') console.log(answer.value)
${ask}`
