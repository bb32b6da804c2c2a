import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runStep } from '../toolchain.ts'
import type { MigrationRepository } from './branches.ts'
import { railsShop } from './rails-shop.ts'
import { sqlLedger } from './sql-ledger.ts'

export interface MigrationEstate {
  /** A checkout with main and twelve open branches. */
  readonly repository: string
  readonly lanesYaml: string
}

const repositories = { rails: railsShop, sql: sqlLedger } as const

/**
 * A repository full of open schema changes, for the captain of a migration lane: what can share a turn, what cannot and what is the
 * same thing twice. `rails` needs ruby with activerecord only to run them.
 *
 * @param options.dir an empty folder; everything lies below it, the store too.
 */
export async function buildMigrationEstate(options: {
  readonly dir: string
  readonly kind: keyof typeof repositories
}): Promise<MigrationEstate> {
  const { dir, kind } = options
  const repository = join(dir, kind === 'rails' ? 'shop' : 'ledger')
  await mkdir(repository, { recursive: true })
  await runStep(['git', 'init', '--quiet', '--initial-branch=main'], { cwd: repository })
  const stdin = toStream(repositories[kind])
  await runStep(['git', 'fast-import', '--quiet'], { cwd: repository, stdin })
  await runStep(['git', 'reset', '--quiet', '--hard', 'main'], { cwd: repository })
  const lanesYaml = join(dir, 'lanes.yaml')
  await writeFile(lanesYaml, lanesYamlOf(dir, { kind, repository }))
  return { repository, lanesYaml }
}

function lanesYamlOf(
  dir: string,
  { kind, repository }: { readonly kind: keyof typeof repositories; readonly repository: string },
): string {
  const lane =
    kind === 'rails'
      ? '{ use: rails_migrations, captains: [carl], batching: { verify: bin/migrate } }'
      : '{ use: sql_migrations, captains: [carl] }'
  return `# A throwaway estate: open schema changes, and the lane that they wait for.
version: 1
estate: migrations
store: ${JSON.stringify(`sqlite:${join(dir, 'state.db')}`)}
people: { ana: {}, carl: {} }
repos:
  ${kind === 'rails' ? 'shop' : 'ledger'}: { remote: ${JSON.stringify(`file://${repository}`)} }
lanes:
  backend_migration: ${lane}
`
}

const startSeconds = 1_767_225_600
const daySeconds = 86_400

/** Each branch is a day younger than the one before it. */
function toStream({ main, branches }: MigrationRepository): string {
  const files = (changed: MigrationRepository['main']): string =>
    Object.entries(changed)
      .map(
        ([path, text]) =>
          `M ${path.startsWith('bin/') ? '100755' : '100644'} inline ${path}\n${data(text)}\n`,
      )
      .join('')
  const commit = (ref: string, seconds: number, changed: MigrationRepository['main'], from = ''): string =>
    `commit refs/heads/${ref}\ncommitter Ana <ana@rehearsal.example> ${seconds} +0000\n${data(`Work on ${ref}`)}\n${from}${files(changed)}\n`
  const open = Object.entries(branches).map(([name, changed], at) =>
    commit(name, startSeconds + (at + 1) * daySeconds, changed, 'from refs/heads/main\n'),
  )
  return `${commit('main', startSeconds, main)}${open.join('')}done\n`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}
