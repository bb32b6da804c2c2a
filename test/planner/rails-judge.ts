import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { startPostgres } from '../servers/postgres.ts'
import type { Added } from './schema-history.ts'

export interface RailsRun {
  /** As it stands in the repository. */
  readonly schema: string
  readonly migrations: readonly Added[]
  /** Of the app when it dumped, and when it ran. */
  readonly dumpedBy: number
  readonly rails: number
  readonly isMysql: boolean
}

export type RailsAnswer =
  | { readonly outcome: 'ran'; readonly dump: string }
  /** By the server or by Ruby itself: what is there already, what is not there, what is no Ruby. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** For want of a library, of the app's own code, or of a newer Rails. */
  | { readonly outcome: 'unable'; readonly reason: string }

export interface RailsJudge extends AsyncDisposable {
  readonly run: (week: RailsRun) => Promise<RailsAnswer>
}

/** The newest meaning that it knows. */
const newestRails = 6.1
const script = fileURLToPath(new URL('rails-judge.rb', import.meta.url))

/** Since then a key is a bigint. */
const bigKeysSince = 5.1

/**
 * Real Rails (Debian's Active Record 6.1) on a real Postgres: loads a schema file, runs migrations, and dumps.
 *
 * Migrations without a version run as those of 4.2. In place of the app's models there are empty ones. It runs for minutes.
 */
export async function startRailsJudge(): Promise<RailsJudge> {
  const server = await startPostgres()
  const url = await server.createDatabase()
  const ruby = spawn('ruby', [script], { stdio: ['pipe', 'pipe', 'ignore'] })
  const answers = createInterface({ input: ruby.stdout })[Symbol.asyncIterator]()
  return {
    run: async ({ migrations, dumpedBy, ...given }) => {
      const tooNew = newerThanKnown([given.schema, ...migrations.map((each) => each.text)])
      if (tooNew !== null) return { outcome: 'unable', reason: `${tooNew}, which Rails 6.1 does not know` }
      const versioned = migrations.map(({ file, text }) => ({ file, text: withVersion(text) }))
      const hasOldKeys = dumpedBy < bigKeysSince
      ruby.stdin.write(`${JSON.stringify({ ...given, migrations: versioned, hasOldKeys, url })}\n`)
      const { value } = await answers.next()
      return JSON.parse(String(value)) as RailsAnswer
    },
    [Symbol.asyncDispose]: async () => {
      ruby.stdin.end()
      ruby.kill()
      await server[Symbol.asyncDispose]()
    },
  }
}

function newerThanKnown(texts: readonly string[]): string | null {
  const said = texts.flatMap((text) => [...text.matchAll(/ActiveRecord::(Schema|Migration)\[([\d.]+)\]/g)])
  const newer = said.find(([, , version]) => Number(version) > newestRails)
  return newer === undefined ? null : `${newer[1]}[${newer[2]}]`
}

/** Rails 5 and later refuse what has none. */
function withVersion(text: string): string {
  return text.replaceAll(/(<\s*ActiveRecord::Migration)(?![\w[:])/g, '$1[4.2]')
}
