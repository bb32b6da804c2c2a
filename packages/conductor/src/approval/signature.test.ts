import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '@conduct/config'
import type { PlanId } from '@conduct/core'
import { type Command, type RunCommandOptions, runCommand } from '@conduct/subprocess'
import { allowedSignersOf } from './allowed-signers.ts'
import { checkSshKeygen } from './check-ssh-keygen.ts'
import { signStatement } from './sign-statement.ts'
import { type Statement, parseStatement, renderStatement } from './statement.ts'
import { verifySignature } from './verify-signature.ts'

const aPerson = (fields: Partial<Person> = {}): Person => ({
  kind: 'person',
  signingKey: null,
  forge: null,
  ...fields,
})

const statement: Statement = {
  estate: 'acme',
  train: 'engine',
  planId: '5d0e1a2b' as PlanId,
  planHash: 'a'.repeat(64),
  by: 'ana',
  at: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-01T14:00:00.000Z',
  note: 'looked at the diff',
}

const noSignal = new AbortController().signal
/** Without the agent of whoever runs the tests, and with ours where one is named. */
const runWith =
  (agent: string | null, path?: string) =>
  (command: Command, options: RunCommandOptions): ReturnType<typeof runCommand> =>
    runCommand(command, {
      ...options,
      passEnv: [],
      env: {
        ...(agent === null ? {} : { SSH_AUTH_SOCK: agent }),
        ...(path === undefined ? {} : { PATH: path }),
      },
    })
const alone = { runCommand: runWith(null), signal: noSignal }

/** Needs ssh-keygen and ssh-agent, which `.ci/run` has. */
describe('a signed approval, by the real ssh-keygen', () => {
  let folder = ''
  let config: { readonly people: ReadonlyMap<string, Person> }
  const keyOf = (name: string) => join(folder, name)
  const publicOf = (name: string) => readFileSync(`${keyOf(name)}.pub`, 'utf8').trimEnd()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'signature-'))
    for (const name of ['ana', 'carl', 'zoe', '-n', 'locked'])
      makeKey(name, name === 'locked' ? 'secret' : '')
    config = {
      people: new Map([
        ['ana', aPerson({ signingKey: publicOf('ana') })],
        ['carl', aPerson({ signingKey: `${publicOf('carl')} * namespaces="file"` })],
        ['fleet', aPerson({ kind: 'agent', signingKey: publicOf('zoe') })],
        ['*', aPerson({ signingKey: publicOf('-n') })],
      ]),
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function makeKey(name: string, passphrase: string): void {
    const made = join(folder, 'made')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', made])
    renameSync(made, keyOf(name))
    renameSync(`${made}.pub`, `${keyOf(name)}.pub`)
  }

  /** As somebody would who is not conduct. */
  function signByHand(text: string, key: string, namespace = 'conduct-approval'): string {
    return execFileSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', keyOf(key)], {
      input: text,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  }

  const sign = (keyFile: string | null, by = statement) =>
    signStatement(by, { ...alone, config, keyFile, cwd: folder })
  const verify = (signature: string, of: Statement = statement) =>
    verifySignature({ statement: of, signature }, { ...alone, config })

  it('is good when the approver signed exactly this statement with the listed key', async () => {
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', `${keyOf('ana')}.pub`], { encoding: 'utf8' })

    const verdict = await verify(await sign('ana'))

    expect(verdict).toEqual({ isGood: true, key: fingerprint.split(' ')[1] })
  })

  it.each<[string, Partial<Statement>]>([
    ['hash', { planHash: 'b'.repeat(64) }],
    ['plan', { planId: '5d0e1a2b-2' as PlanId }],
    ['train', { train: 'other' }],
    ['estate', { estate: 'other' }],
    ['time it was given', { at: '2026-03-01T12:00:01.000Z' }],
    ['time it expires', { expiresAt: '2027-03-01T14:00:00.000Z' }],
    ['note', { note: 'and deploy it twice' }],
  ])('is none of another %s', async (_what, changed) => {
    const verdict = await verify(await sign('ana'), { ...statement, ...changed })

    expect(verdict).toMatchObject({
      isGood: false,
      because: expect.stringMatching(/ana's key, but not of/) as string,
    })
  })

  it('is none by somebody else, listed or not, and says whose key it was', async () => {
    expect(await verify(signByHand(renderStatement(statement), 'carl'))).toEqual({
      isGood: false,
      because: 'it was made with the key of carl, not of ana',
    })
    expect(await verify(signByHand(renderStatement(statement), 'zoe'))).toEqual({
      isGood: false,
      because: 'it was not made with the key that lanes.yaml lists for ana',
    })
    const asCarl = { ...statement, by: 'carl' }
    expect(await verify(await sign('ana'), asCarl)).toMatchObject({ isGood: false })
  })

  it('is none by an agent, even one with a key in lanes.yaml, nor by somebody unlisted', async () => {
    for (const by of ['fleet', 'zoe']) {
      const theirs = { ...statement, by }
      expect(await verify(signByHand(renderStatement(theirs), 'zoe'), theirs)).toMatchObject({
        isGood: false,
      })
      await expect(sign('zoe', theirs)).rejects.toMatchObject({ code: 'SIGNING_FAILED' })
    }
  })

  it('is none that was made for another purpose', async () => {
    for (const namespace of ['git', 'file', 'conduct-approval2']) {
      expect(await verify(signByHand(renderStatement(statement), 'ana', namespace))).toMatchObject({
        isGood: false,
      })
    }
  })

  it('is no text that is none', async () => {
    for (const text of ['', '-----BEGIN SSH SIGNATURE-----\n', 'x'.repeat(20_000), '\0']) {
      expect(await verify(text)).toMatchObject({ isGood: false })
    }
  })

  it('takes a name that is a pattern for the name of one person', async () => {
    const star = { ...statement, by: '*' }

    expect(await verify(signByHand(renderStatement(star), '-n'), star)).toMatchObject({ isGood: true })
    expect(await verify(signByHand(renderStatement(star), 'ana'), star)).toMatchObject({ isGood: false })
    expect(await verify(signByHand(renderStatement(statement), '-n'))).toMatchObject({ isGood: false })
  })

  it('is made with a key file whose name looks like an option', async () => {
    const star = { ...statement, by: '*' }

    expect(await verify(await sign('-n', star), star)).toMatchObject({ isGood: true })
  })

  it('is made by an agent that holds the listed key, and by no other key of it', async () => {
    const socket = join(folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    // It prints where it listens once it does.
    await new Promise((resolve) => agent.stdout.once('data', resolve))
    try {
      const add = (...args: string[]) =>
        execFileSync('ssh-add', args, { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
      const byAgent = () =>
        signStatement(statement, {
          runCommand: runWith(socket),
          signal: noSignal,
          config,
          keyFile: null,
          cwd: folder,
        })
      add('-q', keyOf('carl'))
      await expect(byAgent()).rejects.toMatchObject({
        code: 'SIGNING_FAILED',
        exit: 6,
        hint: expect.stringContaining('ssh-add') as string,
      })

      add('-q', keyOf('ana'))
      expect(await verify(await byAgent())).toMatchObject({ isGood: true })
    } finally {
      agent.kill()
    }
  })

  it('is not made without an agent, without the key file, and with one that asks for a passphrase', async () => {
    for (const key of [null, 'nowhere', 'locked']) {
      await expect(sign(key)).rejects.toMatchObject({ code: 'SIGNING_FAILED' })
    }
  })

  it('is neither made nor believed without ssh-keygen, or with one that believes everything', async () => {
    const signature = await sign('ana')
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const without = { runCommand: runWith(null, empty), signal: noSignal }
    const missing = { code: 'SSH_KEYGEN_MISSING' }
    await expect(verifySignature({ statement, signature }, { ...without, config })).rejects.toMatchObject(
      missing,
    )
    await expect(
      signStatement(statement, { ...without, config, keyFile: 'ana', cwd: folder }),
    ).rejects.toMatchObject(missing)
    await expect(checkSshKeygen(without)).rejects.toMatchObject(missing)

    for (const [name, does] of [
      ['yes', 'exit 0'],
      ['old', 'echo "unknown option -- Y" >&2; exit 1'],
    ] as const) {
      const bin = join(folder, name)
      mkdirSync(bin)
      writeFileSync(join(bin, 'ssh-keygen'), `#!/bin/sh\n${does}\n`)
      chmodSync(join(bin, 'ssh-keygen'), 0o755)
      const broken = { runCommand: runWith(null, `${bin}:/bin:/usr/bin`), signal: noSignal }
      await expect(checkSshKeygen(broken)).rejects.toMatchObject(missing)
    }
  })

  it('is told from a bad one by the ssh-keygen of this machine', async () => {
    await expect(checkSshKeygen(alone)).resolves.toBeUndefined()
  })

  it('is what ssh-keygen makes of the printed statement in a file', async () => {
    const file = join(folder, 'approval')
    writeFileSync(file, renderStatement(statement))
    copyFileSync(keyOf('ana'), join(folder, 'elsewhere'))
    chmodSync(join(folder, 'elsewhere'), 0o600)
    execFileSync(
      'ssh-keygen',
      ['-Y', 'sign', '-n', 'conduct-approval', '-f', join(folder, 'elsewhere'), file],
      {
        stdio: 'ignore',
      },
    )

    const signed = parseStatement(readFileSync(file, 'utf8'))

    expect(await verify(readFileSync(`${file}.sig`, 'utf8'), signed)).toMatchObject({ isGood: true })
  })
})

describe('the file of allowed signers', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

  it.each([
    ['a comment with options', `${key} * cert-authority namespaces="file"`],
    ['a comment with another key', `${key} ${key}`],
    ['a second line', `${key} ana\n* ${key}`],
    ['options before the key', `namespaces="file" ${key}`],
    ['a comment sign', `#${key}`],
  ])('has one line of our own making, or none, whatever a key holds: %s', (_what, signingKey) => {
    const { text } = allowedSignersOf(new Map([['ana', aPerson({ signingKey })]]))

    expect(['', `person-0 namespaces="conduct-approval" ${key}\n`]).toContain(text)
  })

  it('names nobody', () => {
    const people = new Map([['ana,*" cert-authority', aPerson({ signingKey: key })]])

    expect(allowedSignersOf(people).text).toBe(`person-0 namespaces="conduct-approval" ${key}\n`)
  })
})
