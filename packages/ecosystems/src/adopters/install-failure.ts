import { ConductError, type ErrorCode } from '@conduct/core'
import type { CommandResult } from '@conduct/subprocess'
import { describeResult, stoppedBecause } from '../run-tool.ts'
import { asRecord, asText } from '../unknown.ts'

/** Why a package manager could not resolve or install, by what it said. */
export interface InstallFailure {
  readonly kind: 'no_such_version' | 'too_young' | 'unreachable' | 'other'
  /** The package it is about, where it says so. */
  readonly package: string | null
  readonly message: string
}

export function readInstallFailure(result: CommandResult): InstallFailure {
  const { code, message } = saidBy(result)
  return { kind: kindOf(code, message), package: packageIn(message), message }
}

function kindOf(code: string, message: string): InstallFailure['kind'] {
  // npm tells a version that is too young from one that does not exist only by these words.
  if (/NO_MATURE|RELEASE_AGE/.test(code) || message.includes(' with a date before ')) return 'too_young'
  if (
    /^(?:ETARGET|E404|ENOVERSIONS|ERR_PNPM_NO_MATCHING_VERSION|ERR_PNPM_NO_VERSIONS|ERR_PNPM_FETCH_404)$/.test(
      code,
    )
  ) {
    return 'no_such_version'
  }
  if (/^E(?:CONN|AI_AGAIN|TIMEDOUT|NOTFOUND|429|5\d\d)|NETWORK|FETCH_(?:429|5\d\d)/.test(code))
    return 'unreachable'
  return 'other'
}

function packageIn(message: string): string | null {
  const named =
    /(?:No matching version found for|Failed to resolve|No versions available for) ((?:@[^/\s]+\/)?[^@\s]+)/.exec(
      message,
    ) ?? /'((?:@[^/\s]+\/)?[^@\s]+)@[^']*' could not be found/.exec(message)
  return named?.[1]?.replace(/\.$/, '') ?? null
}

/** npm prints one JSON object; pnpm a line of JSON per event, the one at level `error` with code and message. */
function saidBy(result: CommandResult): { readonly code: string; readonly message: string } {
  if (result.outcome !== 'exited') return { code: '', message: stoppedBecause(result) }
  const error = asRecord(asRecord(parsed(result.stdout.slice(result.stdout.indexOf('{'))))['error'])
  if (asText(error['summary']) !== null) {
    const message = [error['summary'], error['detail']].map(asText).filter((text) => text !== null)
    return { code: asText(error['code']) ?? '', message: message.join('\n') }
  }
  const event = `${result.stdout}\n${result.stderr}`
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
    .map((line) => asRecord(parsed(line)))
    .at(-1)
  const code = asText(event?.['code']) ?? asText(asRecord(event?.['err'])['code']) ?? ''
  return { code, message: asText(event?.['message']) ?? result.stderr.trim() }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export interface FailedAdoption {
  readonly adopted: readonly { readonly name: string; readonly version: string }[]
  readonly argv: readonly string[]
  readonly result: CommandResult
  readonly failure: InstallFailure
}

/**
 * ADOPT_NOT_VISIBLE only when the version that is missing is one of ours; a version of anybody else will not
 * appear by waiting.
 */
export function adoptError({ adopted, argv, result, failure }: FailedAdoption): ConductError {
  const subject = adopted.map(({ name, version }) => `${name}@${version}`).join(', ')
  const isOurs = adopted.some(({ name }) => name === failure.package)
  const said = failure.message.split('\n')[0] || result.outcome
  const [code, hint] = ((): readonly [ErrorCode, string?] => {
    if (failure.kind === 'no_such_version' && isOurs) return ['ADOPT_NOT_VISIBLE']
    if (failure.kind === 'unreachable') return ['REGISTRY_UNREACHABLE']
    if (failure.kind !== 'too_young') return ['ADOPT_FAILED']
    return [
      'ADOPT_FAILED',
      'A release-age gate holds it back; exempt the package as preflight shows, then resume.',
    ]
  })()
  return new ConductError(code, `${argv[0]} could not lock ${subject}: ${said}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { ...describeResult(argv, result), answer: failure.message, package: failure.package },
  })
}
