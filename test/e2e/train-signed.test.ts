import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useEstates } from '../conductor/use-estates.ts'
import { expectExit, photograph, trainProcess } from './train-process.ts'

/** Signed approvals from the command line, with the real ssh-keygen and ssh-agent, which `.ci/run` has. */
describe('approvals that lanes.yaml wants signed', () => {
  const estates = useEstates()
  let folder = ''
  const keyOf = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'train-signed-'))
    for (const name of ['ana', 'carl']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@acme`, '-f', keyOf(name)])
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function signedTrain() {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const key = async (name: string) => (await readFile(`${keyOf(name)}.pub`, 'utf8')).trim()
    await train.declare([
      [
        /ana: \{\}\n {2}carl: \{\}/u,
        `ana: { signing_key: "${await key('ana')}" }\n  carl: { signing_key: "${await key('carl')}" }`,
      ],
      [
        'by: [ana], requester_may_approve: true',
        'by: [ana, carl], signed: true, requester_may_approve: false, expires: 2h',
      ],
    ])
    return { estate, train }
  }

  const carl = { as: 'cli:carl@desk', env: { SSH_AUTH_SOCK: '' } }

  test('a name is not enough, a key file is; status, run and report say who must sign and who did', async () => {
    const { estate, train } = await signedTrain()
    const before = await photograph(estate)

    const waiting = await train.json(['run', 'engine', '--approve', '--sign', '--key', keyOf('ana')])

    // Who asks may not approve, with any key.
    expect([waiting.exit, waiting.document.error?.code]).toEqual([6, 'APPROVAL_REFUSED'])
    const { run, plan } = waiting.document
    const shown = await train.conduct(['resume', run])
    expect(shown.stdout).toContain(
      `waiting for carl to approve plan ${plan?.id ?? '?'} with an SSH signature`,
    )
    expect(shown.stdout).toMatch(new RegExp(`until .*: .* approve ${plan?.id ?? '?'} --sign`, 'u'))
    const attempts = [
      [carl, ['--sign', '--key', '-n'], 'USAGE', 2],
      [{ as: 'cli:carl@desk' }, [], 'APPROVAL_UNSIGNED'],
      [{ as: 'agent:carl-3' }, ['--sign', '--key', keyOf('carl')], 'APPROVAL_REFUSED'],
      [carl, ['--sign', '--key', keyOf('ana')], 'SIGNATURE_INVALID'],
      [carl, ['--sign'], 'SIGNING_FAILED'],
    ] as const
    for (const [options, flags, code, exit = 6] of attempts) {
      const answer = await train.json(['approve', run, ...flags], options)
      expect([answer.exit, answer.document.error?.code]).toEqual([exit, code])
    }
    expect(await photograph(estate)).toEqual(before)

    const bin = join(folder, 'bin')
    await mkdir(bin, { recursive: true })
    for (const tool of ['git', 'node']) {
      await symlink(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bin, tool)).catch(
        () => {},
      )
    }
    const without = await train.json(['approve', run, '--sign', '--key', keyOf('carl')], {
      ...carl,
      env: { PATH: bin },
    })
    expect([without.exit, without.document.error?.code]).toEqual([1, 'SSH_KEYGEN_MISSING'])

    const approved = await train.conduct(
      ['approve', run, '--sign', '--key', keyOf('carl'), '--note', 'ok'],
      carl,
    )
    expectExit(approved, 0)
    expect(approved.stdout).toMatch(/approved by carl until .*SSH signature, key SHA256:/u)
    const status = await train.conduct(['status', run])
    expect(status.stdout).toMatch(/answers\s+approved by carl at .*SSH signature, key SHA256:.*: ok/u)
    expect(status.stdout).toMatch(new RegExp(`^Next: .* resume ${run}$`, 'mu'))

    const done = await train.json(['resume', run])
    expectExit(done, 0)
    expect(done.document).toMatchObject({
      state: 'done',
      approvals: [{ by: 'carl', proof: 'ssh', key: expect.stringMatching(/^SHA256:/u) as string }],
    })
    const report = await train.conduct(['report', run])
    expect(report.stdout).toMatch(/carl\s+approved\s+SSH signature, SHA256:/u)
  })

  test('a key that is elsewhere signs what was printed, for this plan and no other', async () => {
    const { estate, train } = await signedTrain()
    const { document } = await train.json(['run', 'engine'])
    const { run } = document
    const before = await photograph(estate)
    const file = join(folder, 'approval')

    const printed = await train.conduct(['approve', run, '--print-statement', '--note', 'from my desk'], carl)
    await writeFile(file, printed.stdout)
    execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'conduct-approval', '-f', keyOf('carl'), file], {
      stdio: 'ignore',
    })

    expectExit(printed, 0)
    expect(printed.stdout).toContain(`hash: "${document.plan?.hash ?? '?'}"\napprover: "carl"\n`)
    expect((await train.json(['status', run])).document.approvals).toEqual([])
    await writeFile(`${file}-changed`, printed.stdout.replace('from my desk', 'from your desk'))
    const usage = [
      ['--signature', `${file}.sig`, '--sign'],
      ['--signature', `${file}.sig`, '--note', 'x'],
      ['--statement', file],
      ['--key', keyOf('carl')],
      ['--signature', file],
    ]
    for (const flags of usage) {
      const answer = await train.json(['approve', run, ...flags], carl)
      expect([flags, answer.exit, answer.document.error?.code]).toEqual([flags, 2, 'USAGE'])
    }
    const changed = await train.json(
      ['approve', run, '--signature', `${file}.sig`, '--statement', `${file}-changed`],
      carl,
    )
    expect([changed.exit, changed.document.error?.code]).toEqual([6, 'SIGNATURE_INVALID'])

    // Whoever has the file may hand it in: it says who signed.
    const handed = await train.json(['approve', run, '--signature', `${file}.sig`], { as: 'cli:zoe@mail' })
    expectExit(handed, 0)
    expect(handed.document).toMatchObject({ approval: { by: 'carl', proof: 'ssh', note: 'from my desk' } })
    await train.conduct(['deny', run, '--reason', 'wait'], carl)
    const anew = await train.json(['resume', run, '--replan'])
    expect(anew.document.plan?.id).toBe(`${document.plan?.id ?? '?'}-2`)
    const replayed = await train.json(['approve', run, '--signature', `${file}.sig`], carl)
    expect([replayed.exit, replayed.document.error?.code]).toEqual([6, 'SIGNATURE_INVALID'])
    expect(await photograph(estate)).toEqual(before)
  })

  test('an agent that holds the listed key signs without being told where the key is', async () => {
    const { train } = await signedTrain()
    const { document } = await train.json(['run', 'engine'])
    const socket = join(folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => agent.stdout.once('data', resolve))
    try {
      await chmod(keyOf('carl'), 0o600)
      execFileSync('ssh-add', ['-q', keyOf('carl')], { env: { ...process.env, SSH_AUTH_SOCK: socket } })

      const approved = await train.json(['approve', document.run, '--sign'], {
        as: 'cli:carl@desk',
        env: { SSH_AUTH_SOCK: socket },
      })

      expectExit(approved, 0)
      expect(approved.document).toMatchObject({ approval: { by: 'carl', proof: 'ssh' } })
    } finally {
      agent.kill()
    }
  })
})
