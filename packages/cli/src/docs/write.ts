import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { docPages } from './pages.ts'

/** `pnpm --filter @conduct/cli run docs`: writes the pages into the folder it is given. */
const folder = process.argv[2] ?? 'docs'
mkdirSync(folder, { recursive: true })
for (const [name, text] of await docPages()) writeFileSync(join(folder, name), text)
