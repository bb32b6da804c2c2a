import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPublicKey } from './index.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
const blob = key.split(' ')[1] ?? ''

describe('a public key of lanes.yaml', () => {
  it('is its first two words; the comment goes nowhere', () => {
    expect(readPublicKey(`${key} ana@acme`)).toEqual({ key: { type: 'ssh-ed25519', blob } })
    expect(readPublicKey(`${key} * namespaces="file" cert-authority`)).toEqual({
      key: { type: 'ssh-ed25519', blob },
    })
  })

  it.each([
    ['a second line', `${key} ana\n* ${key}`, /second line/],
    ['a carriage return', `${key} ana\r* ${key}`, /second line/],
    ['a tab between its words', `ssh-ed25519\t${blob}`, /second line/],
    ['options before the key', `cert-authority ${key}`, /cert-authority/],
    ['a certificate', `ssh-ed25519-cert-v01@openssh.com ${blob}`, /possible/],
    ['a DSA key', `ssh-dss ${blob}`, /possible/],
    ['another kind than it says', `ssh-rsa ${blob}`, /cut off/],
    [
      'a kind of as many parts',
      `sk-ssh-ed25519@openssh.com ${withParts('ssh-ed25519', 'x', 'y')}`,
      /another kind/,
    ],
    ['a missing end', `ssh-ed25519 ${blob.slice(0, -8)}`, /cut off/],
    ['more than there is', `ssh-ed25519 ${withParts('ssh-ed25519', 'x', 'y')}`, /cut off/],
    ['no base64', 'ssh-ed25519 AAAA…', /cut off/],
    ['nothing behind its kind', 'ssh-ed25519', /second word/],
    ['a short RSA key', `ssh-rsa ${withParts('ssh-rsa', 'e', 'n'.repeat(128))}`, /2048/],
  ])('is none with %s', (_what, text, problem) => {
    const read = readPublicKey(text)

    expect('problem' in read ? read.problem : '').toMatch(problem)
  })
})

/** Needs ssh-keygen, which `.ci/run` has. */
describe('keys that the real ssh-keygen makes', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'public-key-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['ed25519', []],
    ['rsa', ['-b', '2048']],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
  ])('are read: %s %s', (type, size) => {
    const file = join(folder, `${type}${size.join('')}`)
    execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', 'ana@acme', '-f', file])

    const read = readPublicKey(readFileSync(`${file}.pub`, 'utf8').trimEnd())

    expect('key' in read ? read.key : read).toMatchObject({ type: expect.stringContaining(type) as string })
  })
})

function withParts(...parts: readonly string[]): string {
  return Buffer.concat(
    parts.map((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return Buffer.concat([length, Buffer.from(part)])
    }),
  ).toString('base64')
}
