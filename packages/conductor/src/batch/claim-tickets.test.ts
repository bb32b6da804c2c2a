import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@conduct/lanes/engine'
import { openTasks, type Tasks } from '@conduct/tasks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { claimTickets, giveBackTickets } from './claim-tickets.ts'

let folder: string
let store: Store
let tasks: Tasks
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-tickets-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`, { estate: 'shop' })
  tasks = openTasks({ store, wallMs: () => Date.parse('2026-01-01T00:00:00Z') })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const open = (...ids: readonly string[]) => ids.map((id) => ({ id, state: 'open' }))
const states = async (): Promise<readonly string[]> =>
  (await tasks.list()).map(({ id, state, batch }) => `${id} ${state} ${batch ?? '-'}`)

describe('claiming the tickets of a batch', () => {
  it('takes all of them, and takes up again what it has', async () => {
    const ours = { batch: 'b1', tickets: open('feat/a', 'feat/b'), by: 'cli:ana' }

    expect(await claimTickets(tasks, ours)).toEqual({ outcome: 'claimed' })
    expect(await claimTickets(tasks, ours)).toEqual({ outcome: 'claimed' })
    expect(await states()).toEqual(['feat/a batched b1', 'feat/b batched b1'])
  })

  it('takes none where one is taken, says who has it, and puts back what it had moved', async () => {
    await claimTickets(tasks, { batch: 'b1', tickets: open('feat/b'), by: 'cli:ana' })

    const second = await claimTickets(tasks, {
      batch: 'b2',
      tickets: open('feat/a', 'feat/b'),
      by: 'cli:carl',
    })

    expect(second).toMatchObject({
      outcome: 'refused',
      task: { id: 'feat/b', batch: 'b1', moved: { by: 'cli:ana' } },
    })
    expect(await states()).toEqual(['feat/a open -', 'feat/b batched b1'])
  })

  it('is refused to another planner of the very same batch', async () => {
    await claimTickets(tasks, { batch: 'b1', tickets: open('a'), by: 'cli:ana' })

    expect(await claimTickets(tasks, { batch: 'b1', tickets: open('a'), by: 'cli:carl' })).toMatchObject({
      outcome: 'refused',
      task: { moved: { by: 'cli:ana' } },
    })
  })

  it('takes none that is not as it was planned', async () => {
    await tasks.move('feat/a', { to: 'done', by: 'cli:carl' })

    expect(await claimTickets(tasks, { batch: 'b1', tickets: open('feat/a'), by: 'cli:ana' })).toMatchObject({
      outcome: 'refused',
      task: { state: 'done' },
    })
  })

  it('gives each ticket to one of many planners that come at once', async () => {
    const planners = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        claimTickets(tasks, { batch: `b${at % 2}`, tickets: open('a', 'b', 'c'), by: `cli:${at}` }),
      ),
    )

    expect(planners.filter((each) => each.outcome === 'claimed')).toHaveLength(1)
    expect(new Set((await tasks.list()).map((task) => task.moved?.by)).size).toBe(1)
  })

  it('gives back its own, and nobody else’s', async () => {
    await claimTickets(tasks, { batch: 'b1', tickets: open('a'), by: 'cli:ana' })
    await claimTickets(tasks, { batch: 'b2', tickets: open('b'), by: 'cli:carl' })

    await giveBackTickets(tasks, { batch: 'b1', tickets: open('a', 'b'), by: 'cli:ana' })

    expect(await states()).toEqual(['a open -', 'b batched b2'])
  })
})
