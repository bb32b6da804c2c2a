import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct, documentOf, smallestLanesYaml, start, temporaryFolder } from './conduct-process.ts'

/** Work items from the command line: states, flags, lanes, and what to pick up meanwhile. Every test has tasks of its own. */
let folder: ReturnType<typeof temporaryFolder>

beforeAll(() => {
  folder = temporaryFolder()
  folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'store', 'state.db')))
})
afterAll(() => folder[Symbol.dispose]())

interface Person {
  (
    ...words: readonly string[]
  ): Promise<{ readonly exit: number | null; readonly data: Record<string, unknown> }>
  readonly options: { readonly cwd: string; readonly env: Record<string, string> }
}

function person(name: string): Person {
  const cwd = join(folder.path, name)
  mkdirSync(cwd, { recursive: true })
  const options = { cwd, env: { XDG_STATE_HOME: join(folder.path, 'state'), USER: name } }
  const run = async (...words: readonly string[]) => {
    const ended = await conduct(['--as', `agent:${name}`, '--json', ...words], options)
    return { exit: ended.exit, data: documentOf(ended) }
  }
  return Object.assign(run, { options })
}

const codeOf = ({ data }: { readonly data: Record<string, unknown> }) =>
  (data['error'] as { code: string }).code
const stateOf = async (asker: Person, task: string) =>
  ((await asker('task', 'show', task)).data['task'] as { state: string }).state
const acquire = ['lane', 'acquire', 'backend_migration', '--repo'] as const

describe.concurrent('a task', () => {
  test('is moved by one of two, with who it was; unguarded only where nothing is expected', async () => {
    const [ana, carl] = [person('ana'), person('carl')]
    await ana('task', 'add', 'M-1', '--state', 'Todo')
    const move = ['task', 'move', 'M-1', '--to', 'doing', '--from', 'todo'] as const

    const [first, second] = [await ana(...move), await carl(...move)]
    const strict = await carl(...move, '--only-if-moved')
    const wrong = await carl('task', 'move', 'M-1', '--to', 'review', '--from', 'todo')
    const free = await carl('task', 'move', 'M-1', '--to', 'review')

    expect(first).toMatchObject({ exit: 0, data: { outcome: 'moved', from: 'Todo', guarded: true } })
    expect(second).toMatchObject({ exit: 0, data: { outcome: 'already', moved_by: 'agent:ana' } })
    expect(strict).toMatchObject({ exit: 13, data: { ok: false, outcome: 'already' } })
    expect(wrong).toMatchObject({
      exit: 13,
      data: { outcome: 'refused', from: 'doing', moved_by: 'agent:ana' },
    })
    expect(free).toMatchObject({ exit: 0, data: { outcome: 'moved', guarded: false } })
    const { history } = (await ana('task', 'show', 'M-1')).data as { history: { did: string; by: string }[] }
    expect(history.map(({ did, by }) => `${by} ${did}`)).toEqual([
      'agent:ana added',
      'agent:ana moved',
      'agent:carl moved',
    ])
  })

  test('is flagged with one command, by the flags that lanes.yaml has', async () => {
    const ana = person('ana')

    const flagged = await ana('task', 'flag', 'F-1', 'Requires_Migration')
    const unknown = await ana('task', 'flag', 'F-1', 'requires_migratoin')
    const unflagged = await ana('task', 'unflag', 'F-1', 'requires_migration')
    const missing = await ana('task', 'show', 'F-2')

    expect(flagged.data).toMatchObject({
      outcome: 'flagged',
      flags: ['requires_migration'],
      needs: ['backend_migration'],
    })
    expect(unknown.exit).toBe(2)
    expect(codeOf(unknown)).toBe('TASK_FLAG_UNKNOWN')
    expect((unknown.data['error'] as { hint: string }).hint).toContain('requires_release_conductor')
    expect(unflagged.data).toMatchObject({ outcome: 'unflagged', flags: [], needs: [] })
    expect([missing.exit, codeOf(missing)]).toEqual([4, 'TASK_UNKNOWN'])
  })

  test('comes once of triggers with one key, and asks for no lane twice', async () => {
    const agents = ['ana', 'carl', 'dora'].map(person)

    const added = await Promise.all(agents.map((agent) => agent('task', 'add', '--key', 'push:shop:4f2a')))

    expect(added.filter(({ data }) => data['outcome'] === 'added')).toHaveLength(1)
    expect(added.filter(({ data }) => data['outcome'] === 'already')).toHaveLength(2)
    expect(new Set(added.map(({ data }) => data['task'])).size).toBe(1)
  })
})

describe('a task and its lanes', () => {
  test('is lane_queued while it stands in line, and what it was when granted, left or killed', async () => {
    const [ana, carl, dora] = [person('ana'), person('carl'), person('dora')]
    for (const id of ['Q-1', 'Q-2', 'Q-3']) await ana('task', 'add', id, '--state', 'doing')
    await ana(...acquire, 'shop', '--task', 'Q-1')
    await carl(...acquire, 'shop', '--task', 'Q-2')
    const waiter = start(
      [
        '--as',
        'agent:dora',
        'exec',
        'backend_migration',
        '--repo',
        'shop',
        '--task',
        'Q-3',
        '--wait',
        '--',
        'true',
      ],
      dora.options,
    )
    await expect.poll(() => stateOf(ana, 'Q-3'), { timeout: 20_000 }).toBe('lane_queued')

    const queued = await stateOf(ana, 'Q-2')
    const refused = await ana('task', 'move', 'Q-2', '--to', 'review', '--from', 'doing')
    waiter.kill('SIGKILL')
    await waiter.ended
    const killed = await stateOf(ana, 'Q-3')
    await ana('lane', 'release', 'backend_migration')
    const offered = await stateOf(ana, 'Q-2')
    await carl(...acquire, 'shop')
    const granted = await stateOf(ana, 'Q-2')

    expect([queued, killed, offered, granted]).toEqual(['lane_queued', 'doing', 'lane_queued', 'doing'])
    expect(refused).toMatchObject({ exit: 13, data: { outcome: 'refused', from: 'lane_queued' } })

    await ana(...acquire, 'shop', '--task', 'Q-1')
    expect(await stateOf(ana, 'Q-1')).toBe('lane_queued')
    await ana('lane', 'leave', 'backend_migration')
    expect(await stateOf(ana, 'Q-1')).toBe('doing')
    await carl('lane', 'release', 'backend_migration')
  })

  test('gives its lanes back when it is done, whoever says so, and a place in line too', async () => {
    const [ana, carl] = [person('ana'), person('carl')]
    await ana(...acquire, 'engine', '--task', 'D-1')
    await carl(...acquire, 'engine', '--task', 'D-2')

    const done = await carl('task', 'done', 'D-1')
    const turn = await carl(...acquire, 'engine', '--task', 'D-2')
    const failed = await ana('task', 'move', 'D-2', '--to', 'failed')
    const late = await ana(...acquire, 'engine', '--task', 'D-1')

    expect(done.data).toMatchObject({ outcome: 'moved', released: ['backend_migration'] })
    expect(turn.data).toMatchObject({ outcome: 'granted' })
    expect(failed.data).toMatchObject({ outcome: 'moved', released: ['backend_migration'] })
    expect([late.exit, codeOf(late)]).toEqual([13, 'TASK_OVER'])
  })

  test('gives them back through whoever looks next, where finishing it was cut short', async () => {
    const [ana, carl] = [person('ana'), person('carl')]
    await ana('lane', 'acquire', 'release_train', '--repo', 'shop', '--task', 'K-1')
    // What is left of a process that was killed between its two writes: the move, and nothing after it.
    await moveOnly('K-1', 'done')

    const next = await carl('lane', 'acquire', 'release_train', '--repo', 'shop')

    expect(next.data).toMatchObject({ outcome: 'granted' })
    await carl('lane', 'release', 'release_train')
  })
})

test('what to pick up meanwhile needs no held lane, and its printed move is the one to type', async () => {
  const [ana, carl] = [person('ana'), person('carl')]
  await ana('task', 'add', 'N-1', '--state', 'ready', '--flag', 'requires_migration', '--priority', '9')
  await ana('task', 'add', 'N-2', '--state', 'ready', '--title', 'no lane needed')
  await ana('task', 'add', 'N-3', '--state', 'ready', '--priority', '8')
  await ana(...acquire, 'shop', '--task', 'N-3')

  const next = await carl('task', 'next', '--state', 'ready')
  const words = String(next.data['move']).split(' ')
  const moved = await conduct([...words.slice(2), '--json'], carl.options)
  await carl('task', 'done', 'N-2')
  const listed = await Promise.all([carl('task', 'list'), carl('task', 'list', '--all')])
  const none = await carl('task', 'next', '--state', 'ready', '--lane', 'backend_migration')

  expect(next.data).toMatchObject({
    outcome: 'found',
    task: 'N-2',
    left_out: [
      { task: 'N-1', because: expect.stringContaining('agent:ana') as string },
      { task: 'N-3', because: 'somebody waits for a lane with it, or holds one' },
    ],
  })
  expect(documentOf(moved)).toMatchObject({ outcome: 'moved', from: 'ready', to: 'doing', guarded: true })
  expect(none.data).toMatchObject({ outcome: 'none', task: null })
  const [open, all] = listed.map(({ data }) => (data['tasks'] as { id: string }[]).map(({ id }) => id))
  expect([open?.includes('N-1'), open?.includes('N-2'), all?.includes('N-2')]).toEqual([true, false, true])
  await ana('lane', 'release', 'backend_migration')
})

async function moveOnly(task: string, to: string): Promise<void> {
  const [{ openStore }, { openTasks }] = await Promise.all([
    import('@conduct/lanes/engine'),
    import('@conduct/tasks'),
  ])
  await using store = await openStore(`sqlite:${join(folder.path, 'store', 'state.db')}`, { estate: 'acme' })
  await openTasks({ store, wallMs: Date.now }).move(task, { to, by: 'agent:ana' })
}
