import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@conduct/lanes/engine'
import { openIssueTasks, type Tasks } from '@conduct/tasks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkshop, type Workshop } from './workshop.ts'

/** Issues as work items. The double compares nothing, as its model: what is compared is compared under a lane. */
const states = ['Todo', 'In progress', 'Review']

let folder: string
let store: Store
let workshop: Workshop
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-issues-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`, { estate: 'acme' })
  workshop = await openWorkshop()
})
afterAll(async () => {
  await workshop[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function tasksAs(holder: string): Tasks {
  return openIssueTasks({
    store,
    repository: async () => workshop.repository,
    repo: 'shop',
    states,
    flags: ['requires_migration'],
    holder,
    wallMs: workshop.clock.wallMs,
  })
}

const issue = (...labels: readonly string[]): string => `shop#${workshop.shop.addIssue('Invoices', labels)}`
const recordOf = (id: string) => workshop.shop.records.issues.find(({ number }) => id === `shop#${number}`)

describe('an issue as a work item', () => {
  it('is in the state of its label, or how it was closed, whatever the case; other labels stay', async () => {
    const tasks = tasksAs('agent:1')
    const id = issue('todo', 'customer', 'Requires_Migration')

    const before = await tasks.read(id)
    const moved = await tasks.move(id, { to: 'in PROGRESS', from: 'TODO', by: 'agent:1' })

    expect(before).toMatchObject({
      state: 'todo',
      flags: ['requires_migration'],
      repos: ['shop'],
      moved: null,
    })
    expect(moved).toMatchObject({
      outcome: 'moved',
      from: 'todo',
      task: { state: 'In progress', moved: { by: 'agent:1' } },
    })
    expect(recordOf(id)?.labels).toEqual(['customer', 'Requires_Migration', 'In progress'])

    await tasks.move(id, { to: 'done', by: 'agent:1' })
    expect(recordOf(id)).toMatchObject({
      state: 'closed',
      reason: 'completed',
      labels: ['customer', 'Requires_Migration'],
    })
    await tasks.move(id, { to: 'Review', from: 'done', by: 'agent:1' })
    expect(recordOf(id)).toMatchObject({ state: 'open' })
    await tasks.move(id, { to: 'failed', by: 'agent:1' })
    expect([recordOf(id)?.reason, (await tasks.read(id))?.state]).toEqual(['not_planned', 'failed'])
    expect((await tasks.history(id)).map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'todo → in PROGRESS',
      'in PROGRESS → done',
      'done → Review',
      'Review → failed',
    ])
  })

  it('is moved by one of many that come at once; without the lane around it, by more than one', async () => {
    const [guarded, bare] = [issue('Todo'), issue('Todo')]
    const move = (holder: string) =>
      tasksAs(holder).move(guarded, { to: 'In progress', from: 'Todo', by: holder })

    const answers = await Promise.all(['agent:1', 'agent:2', 'agent:3', 'agent:4'].map(move))
    const unguarded = await Promise.all([readThenWrite(bare), readThenWrite(bare)])

    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual([
      'already',
      'already',
      'already',
      'moved',
    ])
    const winner = answers.find(({ outcome }) => outcome === 'moved')?.task.moved?.by
    expect(answers.every(({ task }) => task.moved?.by === winner)).toBe(true)
    expect(unguarded).toEqual(['moved', 'moved'])
  })

  it('is not said to be moved by whom conduct knows, when somebody moved it at the forge since', async () => {
    const id = issue('Todo')
    await tasksAs('agent:1').move(id, { to: 'In progress', by: 'agent:1' })
    const record = recordOf(id)
    if (record !== undefined) record.labels = ['Review']

    const refused = await tasksAs('agent:2').move(id, { to: 'Todo', from: 'In progress', by: 'agent:2' })

    expect(refused).toMatchObject({ outcome: 'refused', from: 'Review', task: { moved: null } })
  })

  it('that cannot be read is a failure, and never a match', async () => {
    const id = issue('Todo')
    workshop.github.misbehave(() => ({ fault: 'status', status: 403 }))
    const unread = tasksAs('agent:1').move(id, { to: 'In progress', from: 'Todo', by: 'agent:1' })
    await expect(unread).rejects.toMatchObject({ code: 'FORGE_UNREACHABLE' })
    workshop.github.misbehave(null)

    expect(recordOf(id)?.labels).toEqual(['Todo'])
  })

  it('is written once where the answer gets lost, and read again', async () => {
    const id = issue('Todo')
    workshop.github.misbehave(({ method }) =>
      method === 'PATCH' ? { fault: 'acts_then_status', status: 502 } : null,
    )
    const moved = await tasksAs('agent:1').move(id, { to: 'In progress', from: 'Todo', by: 'agent:1' })
    workshop.github.misbehave(null)

    expect(moved).toMatchObject({ outcome: 'moved', task: { state: 'In progress' } })
  })

  it.each([
    ['in several states', () => issue('Todo', 'review'), 'In progress', 'TASK_STATE_AMBIGUOUS'],
    ['to a state that is no label', () => issue('Todo'), 'Doing', 'TASK_STATE_UNKNOWN'],
    ['that there is none of', () => 'shop#99999', 'Review', 'TASK_UNKNOWN'],
    ['of another repo', () => 'admin#1', 'Review', 'TASK_UNKNOWN'],
  ])('%s is not moved', async (_, id, to, code) => {
    await expect(tasksAs('agent:1').move(id(), { to, by: 'agent:1' })).rejects.toMatchObject({ code })
  })

  it('is opened at the forge, flagged from here, and listed while it is open', async () => {
    const tasks = tasksAs('agent:1')
    const id = issue('Todo')

    const flagged = await tasks.flag(id, { flag: 'requires_migration', isSet: true, by: 'agent:1' })
    const again = await tasks.flag(id, { flag: 'REQUIRES_MIGRATION', isSet: true, by: 'agent:1' })

    expect([flagged.outcome, again.outcome]).toEqual(['changed', 'already'])
    expect(recordOf(id)?.labels).toEqual(['Todo', 'requires_migration'])
    expect((await tasks.list()).find((task) => task.id === id)?.flags).toEqual(['requires_migration'])
    await expect(tasks.add('x', { by: 'agent:1' })).rejects.toMatchObject({ code: 'TASK_ELSEWHERE' })
  })
})

/** What the forge offers: a read, a comparison of one's own, a write. */
async function readThenWrite(id: string): Promise<'moved' | 'refused'> {
  const number = Number(id.split('#')[1])
  const { repository } = workshop
  const reading = await repository.readWorkItem(number)
  if (reading.state !== 'present' || !reading.value.labels.includes('Todo')) return 'refused'
  await bothRead()
  await repository.writeWorkItem({ number, labels: ['In progress'], state: 'open' })
  return 'moved'
}

let reads = 0
const read = Promise.withResolvers<void>()

/** Both have read before one writes: as two processes may at any time. */
function bothRead(): Promise<void> {
  reads += 1
  if (reads === 2) read.resolve()
  return read.promise
}
