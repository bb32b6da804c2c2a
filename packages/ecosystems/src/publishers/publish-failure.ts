import { ConductError, type ErrorCode } from '@conduct/core'
import type { CommandResult } from '@conduct/subprocess'
import { describeResult, stoppedBecause } from '../run-tool.ts'
import { asRecord, asText } from '../unknown.ts'
import { showArgv } from './show-argv.ts'

/** What `npm publish --json` and `pnpm publish --json` say when they fail. */
export interface PublishFailure {
  readonly kind: 'conflict' | 'auth' | 'otp' | 'signing' | 'refused' | 'unknown'
  readonly status: number | null
  readonly message: string
}

/** Statuses by which a registry refuses for good; the others may be anything. */
const refusals = new Set([400, 402, 405, 406, 410, 413, 415, 422])

/** Codes of npm itself, before anything was sent. */
const localRefusals = new Set(['EUSAGE', 'EPRIVATE', 'ENOENT', 'EBADENGINE', 'EINVALIDTAGNAME'])

export function readPublishFailure(result: CommandResult): PublishFailure {
  if (result.outcome !== 'exited') return { kind: 'unknown', status: null, message: stoppedBecause(result) }
  const { code, message } = saidBy(result)
  const status = Number(/^E(\d{3})$/.exec(code)?.[1] ?? /\(status (\d{3})\b/.exec(message)?.[1]) || null
  return { kind: kindOf({ code, status, text: message }), status, message }
}

interface Said {
  readonly code: string
  readonly status: number | null
  readonly text: string
}

function kindOf({ code, status, text }: Said): PublishFailure['kind'] {
  if (/^EOTP$|OTP/.test(code)) return 'otp'
  if (/TLOG|SIGSTORE|REKOR|sigstore|rekor|transparency log/i.test(`${code} ${text}`)) {
    return status === 409 || /\b409\b/.test(text) ? 'signing' : 'unknown'
  }
  if (/previously published|cannot publish over|EPUBLISHCONFLICT/i.test(`${code} ${text}`)) return 'conflict'
  // The public registry answers 409 also while it is busy with an earlier publish of the same package.
  if (status === 409) return /save packument|update conflict/i.test(text) ? 'unknown' : 'conflict'
  if (code === 'ENEEDAUTH' || status === 401 || status === 403 || status === 404) return 'auth'
  if (localRefusals.has(code) || (status !== null && refusals.has(status))) return 'refused'
  return 'unknown'
}

/** The JSON object that the client prints last on stdout; without one, its own words on stderr. */
function saidBy(result: CommandResult): { readonly code: string; readonly message: string } {
  const error = asRecord(asRecord(lastJson(result.stdout))['error'])
  const message = [error['message'], error['summary'], error['detail']]
    .map(asText)
    .filter((text) => text !== null)
  if (message.length > 0) return { code: asText(error['code']) ?? '', message: message.join('\n').trim() }
  const code = /\b(?:code|Error:) (E[A-Z0-9_]+)/.exec(result.stderr)?.[1]
  return { code: code ?? '', message: result.stderr.trim() }
}

function lastJson(text: string): unknown {
  const at = text.startsWith('{') ? 0 : text.lastIndexOf('\n{') + 1
  try {
    return JSON.parse(text.slice(at)) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export interface FailedPublish {
  readonly subject: string
  readonly registry: string
  readonly tarball: string
  readonly argv: readonly string[]
  readonly result: CommandResult
}

/** The error of a publish that did not succeed, by what the client said. */
export function publishError(failed: FailedPublish, failure: PublishFailure): ConductError {
  const said = failure.message.split('\n')[0] || failed.result.outcome
  const [code, message] = errorsByKind[failure.kind]
  const hint = hintOf(failed, failure)
  return new ConductError(code, message(failed, said), {
    ...(hint === null ? {} : { hint }),
    details: {
      ...(failure.kind === 'otp' ? { typeFirst: byHand(failed) } : {}),
      ...describeResult(failed.argv, failed.result),
      registry: failed.registry,
      tarball: failed.tarball,
      status: failure.status,
      answer: failure.message,
    },
  })
}

/** The same command for a person, who has the second factor; their client asks for it. */
function byHand({ argv }: FailedPublish): string {
  return showArgv(argv.filter((word) => word !== '--json'))
}

function hintOf(failed: FailedPublish, { kind, status }: PublishFailure): string | null {
  if (kind === 'otp') return `A maintainer types: ${byHand(failed)}`
  if (kind === 'auth' && status === 404) {
    return `A registry hides with a 404 that these credentials may not publish ${failed.subject}, or that a new package has to be published by a person first.`
  }
  return null
}

type Message = (failed: FailedPublish, said: string) => string

const notKnown: readonly [ErrorCode, Message] = [
  'REGISTRY_UNREACHABLE',
  ({ subject, registry }, said) => `whether ${subject} reached ${registry} is not known: ${said}`,
]

const errorsByKind: Readonly<Record<PublishFailure['kind'], readonly [ErrorCode, Message]>> = {
  conflict: ['PUBLISH_CONFLICT', ({ subject, registry }) => `${subject} is taken at ${registry}`],
  auth: ['PUBLISH_AUTH', ({ subject, registry }) => `${registry} does not let us publish ${subject}`],
  otp: ['PUBLISH_OTP', ({ subject, registry }) => `${registry} asks for a one-time password for ${subject}`],
  refused: ['PUBLISH_REFUSED', ({ subject, registry }, said) => `${registry} refused ${subject}: ${said}`],
  signing: notKnown,
  unknown: notKnown,
}
