import type { CommandResult } from '@conduct/subprocess'
import { stoppedBecause } from '../run-tool.ts'
import { asRecord, asText } from '../unknown.ts'
import type { InstallFailure } from './install-failure.ts'

const named = '((?:@[^/\\s"]+/)?[^@\\s":/]+)'

/** `@acme/engine@npm:1.1.0: No candidates found`; `Couldn't find any versions for "a" that matches "9.9.9"`. */
const missing = [
  new RegExp(
    `(?:^|\\s)${named}@[^\\s:]*(?::[^\\s:]*)?: (?:No candidates found|Package not found|.*Response Code: 404)`,
  ),
  new RegExp(`Couldn't find any versions for "${named}"`),
  new RegExp(`Couldn't find package "${named}"`),
  new RegExp(`/((?:@[^/\\s]+(?:%2f|/))?[^/\\s":]+): (?:Not found|Request failed .?404)`, 'i'),
]

const unreachable =
  /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ESOCKET|EHOSTUNREACH|network connection|Response Code: (?:429|5\d\d)|Request failed "(?:429|5\d\d)/

/** Both generations print a line of JSON per event; errors are those of type `error`, with their text in `data`. */
export function readYarnFailure(result: CommandResult): InstallFailure {
  if (result.outcome !== 'exited') return { kind: 'other', package: null, message: stoppedBecause(result) }
  const errors = `${result.stdout}\n${result.stderr}`.split('\n').flatMap((line) => {
    const event = asRecord(parsed(line))
    const text = asText(event['data'])
    return event['type'] === 'error' && text !== null ? [text] : []
  })
  const message = errors.join('\n') || result.stderr.trim() || result.stdout.trim()
  const about = missing.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined)
  const name = about?.replace(/%2f/i, '/') ?? null
  return { kind: kindOf(message, name), package: name, message }
}

function kindOf(message: string, missingPackage: string | null): InstallFailure['kind'] {
  if (/quarantined/.test(message)) return 'too_young'
  if (missingPackage !== null) return 'no_such_version'
  return unreachable.test(message) ? 'unreachable' : 'other'
}

function parsed(line: string): unknown {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
