import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { conduct, documentOf, type Ended, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

/** One push that triggers several jobs at once, each a process of its own. */
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'state.db')))

/** @param as every job is somebody of their own */
function ask(as: string, ...args: readonly string[]): Promise<Ended> {
  return conduct(['--as', as, ...args, '--json'], options)
}

function job(
  as: string,
  key: readonly string[],
  script: string,
  ...flags: readonly string[]
): Promise<Ended> {
  const args = [
    'exec',
    'backend_migration',
    '--repo',
    'shop',
    ...key,
    ...flags,
    '--json',
    '--',
    'sh',
    '-c',
    script,
  ]
  return conduct(['--as', as, ...args], options)
}

const options = { cwd: folder.path, env: { XDG_STATE_HOME: join(folder.path, 'state') } }
const jobs = ['agent:a', 'agent:b', 'agent:c', 'agent:d']

function linesOf(name: string): number {
  return readFileSync(join(folder.path, name), 'utf8').trim().split('\n').length
}

it('exec --key runs the command once, however many come at once or later; without the key it runs for each (control)', async () => {
  const key = ['--key', 'push:shop:4f2a91c']
  const once = await Promise.all(jobs.map((as) => job(as, key, 'echo x >> once', '--wait')))
  const later = await job('agent:e', key, 'echo x >> once')
  await Promise.all(jobs.map((as) => job(as, [], 'echo x >> each', '--wait')))

  expect([...once, later].map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0])
  expect([linesOf('once'), linesOf('each')]).toEqual([1, 4])
  expect(documentOf(later)).toMatchObject({
    ok: true,
    outcome: 'skipped',
    because: 'coalesced',
    ran: false,
    coalesced_with: { key: key[1], state: 'done' },
  })
})

it('exec --key runs again what failed', async () => {
  const failed = await job('agent:a', ['--key', 'retry'], 'exit 3')
  const missing = await conduct(['exec', 'docs', '--key', 'm', '--json', '--', 'no-such-program'], options)
  const again = await job('agent:b', ['--key', 'retry'], 'exit 0')
  const found = await conduct(['exec', 'docs', '--key', 'm', '--json', '--', 'true'], options)

  expect([failed.exit, again.exit, found.exit]).toEqual([3, 0, 0])
  expect(documentOf(missing)).toMatchObject({ error: { code: 'COMMAND_NOT_FOUND' } })
  expect([documentOf(again), documentOf(found)]).toMatchObject([{ ran: true }, { ran: true }])
})

it('lane acquire --key says whose it is with exit 13, in the same folder too; without the key its owner goes on', async () => {
  const acquire = ['lane', 'acquire', 'backend_migration', '--repo', 'engine']
  const first = await ask('cli:ana', ...acquire, '--key', 'issue-41')
  const [same, other] = [
    await ask('cli:ana', ...acquire, '--key', 'issue-41'),
    await conduct(['--as', 'cli:carl', ...acquire, '--key', 'issue-41'], options),
  ]
  const goesOn = await ask('cli:ana', ...acquire)
  const queued = await ask('cli:ana', ...acquire, '--key', 'issue-42')
  await ask('cli:ana', 'lane', 'release', 'backend_migration')
  const late = await ask('cli:carl', ...acquire, '--key', 'issue-41')

  expect([first, same, other, goesOn, queued, late].map(({ exit }) => exit)).toEqual([0, 13, 13, 0, 10, 13])
  const { claim } = documentOf(first)
  expect(documentOf(same)).toMatchObject({
    ok: false,
    outcome: 'skipped',
    because: 'coalesced',
    coalesced_with: { claim, state: 'held' },
  })
  expect(other.stdout).toContain(`Nothing to do: issue-41 was asked for before: cli:ana@`)
  expect(documentOf(goesOn)).toMatchObject({ outcome: 'granted', claim })
  expect(documentOf(queued)).toMatchObject({ outcome: 'queued', position: 1 })
  expect(documentOf(late)).toMatchObject({ coalesced_with: { claim, state: 'done' } })
})
