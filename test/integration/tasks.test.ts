import { openLanes, systemClock } from '@conduct/lanes/engine'
import { quickDefinition } from '@conduct/lanes/lane-definitions'
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

describe.concurrent.each(placeKinds)('triggers on $kind', ({ kind }) => {
  test('ask for a lane as often as they like: one of them gets it, through two handles, and once it is handed back nobody does', async () => {
    await using place = await openPlace(kind)
    await using one = await place.open()
    await using other = await place.open()
    const definitions = new Map([['schema', { ...quickDefinition, whenHeld: 'queue' as const }]])
    const ask = (index: number) =>
      openLanes({
        store: index % 2 === 0 ? one : other,
        definitions,
        identity: { holder: `agent:${index}`, person: null },
        clock: systemClock,
      })
        .lane('schema')
        .acquire({ resources: [`r${index}`], attended: false, waitMsMax: 0, key: 'push:shop:4f2a91c' })

    const answers = await Promise.all([0, 1, 2, 3].map(ask))
    const granted = answers.flatMap((answer) => (answer.outcome === 'granted' ? [answer.lease] : []))
    const others = answers.filter((answer) => answer.outcome !== 'granted')
    await granted[0]?.release()
    const late = await ask(4)

    // Their resources are disjoint: without the key all four would have it.
    expect(granted).toHaveLength(1)
    expect(others).toMatchObject(
      Array.from({ length: 3 }, () => ({
        outcome: 'skipped',
        because: 'coalesced',
        coalescedWith: { claim: granted[0]?.claim },
      })),
    )
    expect(late).toMatchObject({
      outcome: 'skipped',
      coalescedWith: { state: 'done', claim: granted[0]?.claim },
    })
  })
})

function raise(): never {
  throw new Error('there are two handles')
}
