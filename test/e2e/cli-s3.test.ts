import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startS3rver } from '../servers/lying-s3.ts'
import { type S3Server, s3Url, startS3 } from '../servers/s3.ts'
import { conduct, documentOf, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

/** The command line on a bucket: two people on two machines, who share nothing else. */

let s3: S3Server

beforeAll(async () => {
  s3 = await startS3()
})

afterAll(() => s3[Symbol.asyncDispose]())

/** A home of its own with a lanes.yaml that names that store. */
function machine(url: string, env: Readonly<Record<string, string>> = s3.env) {
  const folder = temporaryFolder()
  folder.write('lanes.yaml', smallestLanesYaml.replace('store: sqlite:STORE', `store: "${url}"`))
  return {
    run: (...args: string[]) => conduct(args, { cwd: folder.path, env: { ...env } }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop']

describe('store: s3://…', () => {
  test('gives the lane to one machine, shows it to the other, and hands it over', async () => {
    const url = s3.freshUrl()
    using ana = machine(url)
    using carl = machine(url)

    const granted = await ana.run('--as', 'cli:ana', ...acquire, '--json')
    const held = await carl.run('--as', 'cli:carl', ...acquire, '--json')
    const shown = await carl.run('lane', 'show', 'release_train', '--json')
    const released = await ana.run('--as', 'cli:ana', 'lane', 'release', 'release_train')
    const turn = await carl.run('--as', 'cli:carl', ...acquire)

    expect([granted.exit, held.exit, shown.exit, released.exit, turn.exit]).toEqual([0, 10, 0, 0, 0])
    expect(JSON.stringify(documentOf(held))).toContain('cli:ana')
    expect(JSON.stringify(documentOf(shown))).toContain('"token":1')
    expect(turn.stdout).toContain('token 2')
  })

  test('says exit 2 and the probe that failed for a bucket that does not keep conditions', async () => {
    await using lying = await startS3rver()
    using ana = machine(lying.freshUrl(), lying.env)

    const { exit, stdout, stderr } = await ana.run(...acquire)

    expect(exit).toBe(2)
    expect(stdout + stderr).toMatch(/STORE_LIES[\s\S]*Probe create_race failed in round \d+ of 20/)
    expect(stdout + stderr).not.toMatch(/is yours|is held|is free/)
  })

  test('says exit 30, neither held nor free, where nobody answers', async () => {
    using ana = machine(s3Url({ bucket: 'lanes', prefix: 'x', endpoint: 'http://127.0.0.1:1' }))

    const asked = await ana.run(...acquire)
    const shown = await ana.run('lane', 'show', 'release_train')

    expect([asked.exit, shown.exit]).toEqual([30, 30])
    expect(asked.stdout + asked.stderr + shown.stdout + shown.stderr).not.toMatch(/is yours|held|free/)
  })

  test('says exit 2 and what to grant when the credentials are wrong, and shows none of them', async () => {
    using ana = machine(s3.freshUrl(), { ...s3.env, AWS_SECRET_ACCESS_KEY: 'hunter2' })

    const { exit, stdout, stderr } = await ana.run(...acquire)

    expect(exit).toBe(2)
    expect(stdout + stderr).toContain('STORE_REFUSED')
    expect(stdout + stderr).not.toContain('hunter2')
  })
})
