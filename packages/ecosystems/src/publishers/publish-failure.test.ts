import type { CommandResult } from '@conduct/subprocess'
import { describe, expect, it } from 'vitest'
import { publishError, readPublishFailure } from './publish-failure.ts'

/** Answers as npm 11 and pnpm 12 print them with `--json`, taken from runs against a server that said so. */
const npm = (code: string | undefined, summary: string) =>
  JSON.stringify({ error: { code, summary, detail: '' } })
const pnpm = (message: string, code = 'ERR_PNPM_FAILED_TO_PUBLISH') =>
  JSON.stringify({ error: { code, message } })

function failed(stdout: string, more: Partial<CommandResult> = {}): CommandResult {
  return {
    outcome: 'exited',
    exitCode: 1,
    signal: null,
    stdout,
    stderr: '',
    durationMs: 1,
    isTruncated: false,
    ...more,
  }
}

function codeOf(result: CommandResult): string {
  const place = {
    subject: 'a@1.0.0',
    registry: 'https://r.test/',
    tarball: '/a.tgz',
    argv: ['npm', 'publish'],
  }
  return publishError({ ...place, result }, readPublishFailure(result)).code
}

describe('a failed publish', () => {
  it.each([
    [npm(undefined, 'You cannot publish over the previously published versions: 1.0.0.')],
    [
      npm(
        'E403',
        '403 Forbidden - PUT https://r.test/a - You cannot publish over the previously published versions',
      ),
    ],
    [npm('E409', '409 Conflict - PUT https://r.test/a - this package is already present')],
    [npm('EPUBLISHCONFLICT', 'Cannot publish over existing version')],
    [
      pnpm(
        'Failed to publish package a@1.0.0 (status 409 Conflict)\nDetails: this package is already present',
      ),
    ],
    [
      pnpm(
        'Failed to publish package a@1.0.0 (status 403 Forbidden): {"error":"You cannot publish over the previously published versions: 1.0.0."}',
      ),
    ],
  ])('is PUBLISH_CONFLICT when the version is taken: %s', (stdout) => {
    expect(codeOf(failed(stdout))).toBe('PUBLISH_CONFLICT')
  })

  it.each([
    [npm('ENEEDAUTH', 'This command requires you to be logged in to https://r.test/')],
    [npm('E401', 'Unable to authenticate, your authentication token seems to be invalid.')],
    [npm('E403', '403 Forbidden - PUT https://r.test/a - you do not have permission to publish "a"')],
    [npm('E404', 'Not Found - PUT https://r.test/a - Not found')],
    [pnpm('Failed to publish package a@1.0.0 (status 401 Unauthorized)')],
    [pnpm('Failed to publish package a@1.0.0 (status 404 Not Found): {"error":"Not found"}')],
  ])('is PUBLISH_AUTH when the credentials do not do, which a 404 on a publish means too: %s', (stdout) => {
    expect(codeOf(failed(stdout))).toBe('PUBLISH_AUTH')
  })

  it.each([
    [npm('EOTP', 'This operation requires a one-time password from your authenticator.')],
    [pnpm('The registry requires additional authentication', 'ERR_PNPM_OTP_NON_INTERACTIVE')],
  ])('is PUBLISH_OTP when a person has to type a password: %s', (stdout) => {
    expect(codeOf(failed(stdout))).toBe('PUBLISH_OTP')
  })

  it.each([
    [npm('E402', '402 Payment Required - PUT https://r.test/a')],
    [pnpm('(status 400 Bad Request): bad')],
  ])('is PUBLISH_REFUSED when the registry refuses for good: %s', (stdout) => {
    expect(codeOf(failed(stdout))).toBe('PUBLISH_REFUSED')
  })

  it.each([
    [npm('ECONNREFUSED', 'FetchError: request to https://r.test/a failed')],
    [npm('E500', '500 Internal Server Error - PUT https://r.test/a - boom')],
    [npm('E429', '429 Too Many Requests')],
    [npm('E409', '409 Conflict - PUT https://r.test/a - Failed to save packument. A common cause is …')],
    [pnpm('the publish request failed: error sending request for url (https://r.test/a)', 'pnpm')],
    [''],
    ['{"error": {"co'],
  ])('has an unknown outcome whenever nobody said no: %s', (stdout) => {
    expect(codeOf(failed(stdout))).toBe('REGISTRY_UNREACHABLE')
  })

  it('has an unknown outcome after a timeout', () => {
    expect(codeOf(failed('', { outcome: 'timed_out', exitCode: null }))).toBe('REGISTRY_UNREACHABLE')
  })

  it('finds the answer behind what lifecycle scripts and notices printed before it', () => {
    expect(codeOf(failed(`> a@1.0.0 build\n${npm('EOTP', 'one-time password')}`))).toBe('PUBLISH_OTP')
  })
})
