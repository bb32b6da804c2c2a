import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import { openStore, type Store } from '@conduct/lanes/engine'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openTasks } from './open-tasks.ts'
import { taskOfKey } from './trigger-key.ts'

let folder: string
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-tasks-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`, { estate: 'shop' })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const wallMs = () => Date.parse('2026-01-01T00:00:00Z')
const tasksOf = (over: Store = store) => openTasks({ store: over, wallMs })

describe('the history of a task', () => {
  it('says who did what, in order, and nothing of what changed nothing', async () => {
    const tasks = tasksOf()
    await tasks.add('a', { by: 'cli:ana' })
    await tasks.flag('a', { flag: 'requires_migration', isSet: true, by: 'agent:carl-3' })
    await tasks.flag('a', { flag: 'Requires_Migration', isSet: true, by: 'agent:carl-4' })
    await tasks.move('a', { to: 'doing', from: 'open', by: 'agent:carl-3' })
    await tasks.move('a', { to: 'doing', from: 'open', by: 'agent:carl-4' })
    await tasks.move('a', { to: 'review', from: 'open', by: 'agent:carl-4' })
    await tasks.flag('a', { flag: 'REQUIRES_MIGRATION', isSet: false, by: 'cli:ana' })

    const said = (await tasks.history('a')).map(({ by, did, from, to, flag }) =>
      [by, did, from ?? '', to ?? '', flag ?? ''].join(' ').trim(),
    )

    expect(said).toEqual([
      'cli:ana added  open',
      'agent:carl-3 flagged   requires_migration',
      'agent:carl-3 moved open doing',
      'cli:ana unflagged   REQUIRES_MIGRATION',
    ])
  })
})

describe('triggers with a durable key', () => {
  it('are one task, however many come at once and again later', async () => {
    const id = taskOfKey('issue-41-opened')
    const trigger = (by: string) => tasksOf().add(id, { by, key: 'issue-41-opened' })

    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => trigger(`action:${name}`)))
    await tasksOf().move(id, { to: 'done', by: 'agent:a' })
    const later = await trigger('action:g')

    expect(answers.filter(({ outcome }) => outcome === 'added')).toHaveLength(1)
    expect(later).toMatchObject({ outcome: 'already', task: { state: 'done', added: { duplicates: 6 } } })
    expect(taskOfKey('issue-42-opened')).not.toBe(id)
  })

  it('leave alone what somebody else wrote down under that id', async () => {
    await tasksOf().add('a', { by: 'cli:ana', title: 'by hand' })

    const answer = await tasksOf().add('a', { by: 'action:1', key: 'k', title: 'by a trigger' })

    expect(answer).toMatchObject({ outcome: 'already', task: { title: 'by hand', added: { duplicates: 0 } } })
  })
})

describe('an answer that got lost', () => {
  it('is found again as the own move: nobody else started, and somebody did', async () => {
    await tasksOf().add('a', { by: 'cli:ana' })

    const answer = await tasksOf(losing(1)).move('a', { to: 'doing', from: 'open', by: 'agent:1' })
    const second = await tasksOf().move('a', { to: 'doing', from: 'open', by: 'agent:2' })

    expect(answer).toMatchObject({ outcome: 'moved', from: 'open', task: { moved: { by: 'agent:1' } } })
    expect(second).toMatchObject({ outcome: 'already', task: { moved: { by: 'agent:1' } } })
    expect(await tasksOf().history('a')).toHaveLength(2)
  })

  it('is a failure while the store stays silent, and never an answer', async () => {
    const move = tasksOf(losing(9)).move('a', { to: 'doing', from: 'open', by: 'agent:1' })

    await expect(move).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  })
})

it('reads what an earlier conduct wrote', async () => {
  const written = { format: 1, id: 'a', state: 'batched', batch: 'b1', moved: null }
  await store.register.change('task/a', () => ({ write: written, result: null }))

  expect(await tasksOf().read('a')).toMatchObject({ state: 'batched', batch: 'b1', flags: [], records: 0 })
})

/** The store, which acts and then fails the answer that many times. */
function losing(times: number): Store {
  let left = times
  const change: Store['register']['change'] = async (id, decide) => {
    const result = await store.register.change(id, decide)
    if (left-- > 0) throw new ConductError('STORE_UNREACHABLE', 'no answer')
    return result
  }
  return { ...store, register: { ...store.register, change } }
}
