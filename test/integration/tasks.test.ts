import { openTasks, taskOfKey } from '@conduct/tasks'
import { afterAll, describe, expect, test } from 'vitest'
import { closeServers, openPlace, placeKinds } from '../lanes/places.ts'

/** Work items behave the same wherever the store is; two handles each, as two machines have. */
afterAll(closeServers)

const wallMs = () => Date.parse('2026-01-01T00:00:00Z')

describe.concurrent.each(placeKinds)('tasks on $kind', ({ kind }) => {
  test('are moved by one of many, added by one of many triggers, and remember all of it', async () => {
    await using place = await openPlace(kind)
    await using one = await place.open()
    await using other = await place.open()
    const handles = [one, other].map((store) => openTasks({ store, wallMs }))
    const names = ['agent:1', 'agent:2', 'agent:3', 'agent:4']
    const tasksOf = (index: number) => handles[index % 2] ?? raise()
    const id = taskOfKey('issue-41-opened')

    const added = await Promise.all(
      names.map((by, index) => tasksOf(index).add(id, { by, key: 'issue-41-opened' })),
    )
    const moved = await Promise.all(
      names.map((by, index) => tasksOf(index).move(id, { to: 'doing', from: 'OPEN', by })),
    )
    const flagged = await tasksOf(1).flag(id, { flag: 'requires_migration', isSet: true, by: 'agent:1' })
    const refused = await tasksOf(0).move(id, { to: 'done', from: 'open', by: 'agent:2' })

    const winner = moved.find(({ outcome }) => outcome === 'moved')?.task.moved?.by
    expect(added.filter(({ outcome }) => outcome === 'added')).toHaveLength(1)
    expect(moved.filter(({ outcome }) => outcome === 'moved')).toHaveLength(1)
    expect(moved.every(({ task }) => task.moved?.by === winner)).toBe(true)
    expect(flagged).toMatchObject({ outcome: 'changed', task: { added: { duplicates: 3 } } })
    expect(refused).toMatchObject({ outcome: 'refused', from: 'doing' })
    expect(await tasksOf(0).list()).toMatchObject([{ id, state: 'doing', flags: ['requires_migration'] }])
    const did = (await tasksOf(1).history(id)).map((record) => record.did)
    expect(did.toSorted((left, right) => left.localeCompare(right))).toEqual([
      'added',
      'flagged',
      'moved',
      'triggered_again',
      'triggered_again',
      'triggered_again',
    ])
  })
})

function raise(): never {
  throw new Error('there are two handles')
}
