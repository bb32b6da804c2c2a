import type { CommandResult } from '@conduct/subprocess'
import { stoppedBecause } from '../run-tool.ts'
import type { InstallFailure } from './install-failure.ts'

const missing = [
  /Could not find gem '([^\s']+)/,
  /([^\s'`(]+)[^\n]* which could not be found in/,
  /Could not find ([A-Za-z0-9._-]+?)-[0-9][^\s]* in (?:any|rubygems)/,
]

const unreachable =
  /Could not reach host|Could not fetch specs|Network error|Net::\w*Timeout|ECONN|Connection refused|Temporary failure|HTTP (?:429|5\d\d)/i

/** Bundler has no output for programs: its own words, in the one language it has. */
export function readBundlerFailure(result: CommandResult): InstallFailure {
  if (result.outcome !== 'exited') return { kind: 'other', package: null, message: stoppedBecause(result) }
  const message = (result.stderr.trim() || result.stdout.trim()).replace(/^Fetching [^\n]*\n/gm, '')
  if (unreachable.test(message)) return { kind: 'unreachable', package: null, message }
  const named =
    missing.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined) ?? null
  return { kind: named === null ? 'other' : 'no_such_version', package: named, message }
}
