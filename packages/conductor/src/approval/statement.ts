import { type ApprovalWords, ConductError, type PlanId } from '@conduct/core'

/**
 * What an SSH signature signs: one text for one approval, so that a signature is good for this plan, this person and
 * this time, and for nothing else. Pure.
 *
 * Texts that people chose are JSON in plain ASCII: nothing in them can look like another line, or hide.
 */
export interface Statement extends Pick<
  ApprovalWords,
  'planId' | 'planHash' | 'by' | 'at' | 'expiresAt' | 'note'
> {
  readonly estate: string
  readonly train: string
}

const title = 'conduct approval 1'

export function renderStatement(statement: Statement): string {
  return [
    title,
    `estate: ${quoted(statement.estate)}`,
    `train: ${quoted(statement.train)}`,
    `plan: ${quoted(statement.planId)}`,
    `hash: ${quoted(statement.planHash)}`,
    `approver: ${quoted(statement.by)}`,
    `at: ${quoted(statement.at)}`,
    `expires: ${quoted(statement.expiresAt)}`,
    `note: ${quoted(statement.note ?? '')}`,
    '',
  ].join('\n')
}

/**
 * Reads a statement back, to the byte: a text that says the same in another way is none.
 *
 * @throws ConductError SIGNATURE_INVALID (6)
 */
export function parseStatement(text: string): Statement {
  const values = new Map<string, string>()
  for (const line of text.split('\n').slice(1)) {
    const [, key, value] = /^([a-z]+): ("[ -~]*")$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value))
  }
  const of = (key: string) => values.get(key) ?? ''
  const statement: Statement = {
    estate: of('estate'),
    train: of('train'),
    planId: of('plan') as PlanId,
    planHash: of('hash'),
    by: of('approver'),
    at: of('at'),
    expiresAt: of('expires'),
    note: of('note') === '' ? null : of('note'),
  }
  if (renderStatement(statement) === text) return statement
  throw new ConductError(
    'SIGNATURE_INVALID',
    'what was signed is no statement of conduct approve --print-statement, or was changed since',
  )
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return ''
  }
}
