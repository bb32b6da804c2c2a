import type { OperationBody } from '../../model/operation.ts'
import type { MysqlToken } from './statements.ts'
import { atCommas, isMark, unread, wordAt } from './words.ts'

/** What a session sets for itself: time, noise and checks change no name; any other may change what the statements after it mean. */
const harmless = new Set([
  'names',
  'foreign_key_checks',
  'unique_checks',
  'sql_notes',
  'time_zone',
  'lock_wait_timeout',
  'innodb_lock_wait_timeout',
  'max_statement_time',
  'character_set_client',
  'character_set_results',
  'collation_connection',
])

/** Each of them changes what quotation marks mean. */
const otherQuotes = /ansi|no_backslash_escapes|oracle|mssql|db2|postgresql|maxdb/i

export function readSetting(tokens: readonly MysqlToken[]): OperationBody {
  const all = atCommas(tokens.slice(1))
  const other = all.find((each) => !isHarmless(each))
  if (other === undefined) return { kind: 'session', text: `SET ${wordAt(all[0] ?? [], 0) ?? ''}` }
  const named = other.filter((each) => each.kind === 'word').map((each) => each.text)
  return unread(`SET ${named.slice(0, 2).join(' ')}`)
}

function isHarmless(given: readonly MysqlToken[]): boolean {
  // `@@session.foreign_key_checks`, and `@kept = @@foreign_key_checks`.
  const marks = given.findIndex((each) => !isMark(each, '@'))
  const isSystem = marks === 2 && wordAt(given, 2) === 'session' && isMark(given[3], '.')
  const setting = isSystem ? given.slice(4) : marks === 2 ? given.slice(2) : given
  const at = wordAt(setting, 0) === 'session' ? 1 : 0
  const value = setting.slice(at + 1)
  if (marks === 1) return value.every((each) => !isMark(each, '('))
  const name = wordAt(setting, at)
  if (name !== 'sql_mode') return name !== null && harmless.has(name)
  const [said, ...others] = value.filter((each) => !isMark(each, '='))
  return others.length === 0 && said?.kind === 'string' && !otherQuotes.test(said.text)
}
