import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '@conduct/lanes/engine'
import { openTasks } from '@conduct/tasks'
import { afterAll, describe, expect, test } from 'vitest'
import { isLong } from '../bounded.ts'
import { type Actor, startActor } from './actor.ts'
import type { DispatcherOrder, DispatcherTold, DispatcherWord, Ways } from './dispatcher.ts'
import { closeServers, envOf, openPlace, type Place, placeKinds } from './places.ts'

/**
 * Two dispatchers of one singleton agent, started by different tickets, want the same item of one project's backlog. The
 * lane of the project lets one of them run, and the guarded move lets one of them start; either is enough, and without
 * both there are two pull requests for one item.
 */
const roundsLong = 200
const roundsUsual = { sqlite: 40, postgres: 20 }
const backlogMax = 20
const longMs = 600_000
const names = ['one', 'two']

afterAll(closeServers)

const deciding = (['sqlite', 'postgres'] as const).filter((kind) =>
  placeKinds.some((chosen) => chosen.kind === kind),
)

describe.concurrent.each(deciding)('two dispatchers of one agent, on %s', (kind) => {
  test(
    'never start the same item twice, unless neither the lane nor the move guards it',
    async () => {
      const rounds = isLong ? roundsLong : roundsUsual[kind]
      await using place = await openPlace(kind)
      using pair = startPair(place, rounds)
      const both = await play(pair, { lane: 'project', move: 'guarded', whenHeld: 'fail' })
      const inLine = await play(pair, { lane: 'project', move: 'guarded', whenHeld: 'queue' })
      const moveOnly = await play(pair, { lane: 'ticket', move: 'guarded', whenHeld: 'fail' })
      const laneOnly = await play(pair, { lane: 'project', move: 'unguarded', whenHeld: 'fail' })
      const failedLane = await play(pair, { lane: 'ticket', move: 'unguarded', whenHeld: 'fail' })
      const failedMove = await play(pair, { lane: 'none', move: 'any_answer', whenHeld: 'fail' })

      expect(both).toEqual({ once: rounds, twice: 0, beside: 0, refused: rounds, queued: 0, late: 0 })
      expect(inLine).toEqual({ once: rounds, twice: 0, beside: 0, refused: 0, queued: rounds, late: 0 })
      // The lane is bypassed: both run, and the move stops the second.
      expect(moveOnly).toEqual({
        once: rounds,
        twice: 0,
        beside: rounds,
        refused: 0,
        queued: 0,
        late: rounds,
      })
      expect(laneOnly).toEqual({ once: rounds, twice: 0, beside: 0, refused: rounds, queued: 0, late: 0 })
      // Controls: one guard, and that fails.
      expect(failedLane).toMatchObject({ twice: rounds, beside: rounds })
      expect(failedMove).toMatchObject({ twice: rounds, beside: rounds })
    },
    isLong ? longMs : undefined,
  )
})

interface Pair extends Disposable {
  readonly place: Place
  readonly actors: readonly Actor[]
  readonly pullRequests: string
  readonly rounds: number
}

function startPair(place: Place, rounds: number): Pair {
  const pullRequests = join(place.folder, 'pull-requests')
  const script = new URL('dispatcher.ts', import.meta.url)
  const actors = names.map((name) => {
    const order: DispatcherOrder = { storeUrl: place.url, name, pullRequests }
    return startActor(script, order, { env: envOf(place) })
  })
  return {
    place,
    actors,
    pullRequests,
    rounds,
    [Symbol.dispose]: () => {
      for (const actor of actors) actor[Symbol.dispose]()
    },
  }
}

interface Played {
  /** Items with one pull request, and with more. */
  readonly once: number
  readonly twice: number
  /** Rounds in which both were at work at once. */
  readonly beside: number
  readonly refused: number
  readonly queued: number
  /** Found, by the move, that somebody else had been first. */
  readonly late: number
}

/** All rounds of one way to do it, in estates of their own: a backlog is listed whole, and stays short. */
async function play(pair: Pair, ways: Ways): Promise<Played> {
  writeFileSync(pair.pullRequests, '')
  const counts = { beside: 0, refused: 0, queued: 0, late: 0 }
  for (let from = 0; from < pair.rounds; from += backlogMax) {
    const estate = `${ways.lane}-${ways.move}-${ways.whenHeld}-${from}`.replaceAll('_', '-')
    await using store = await openStore(pair.place.url, { estate })
    const tasks = openTasks({ store, wallMs: Date.now })
    for (const actor of pair.actors) await ask(actor, { kind: 'open', estate, ways }, ['opened'])
    for (let round = from; round < Math.min(pair.rounds, from + backlogMax); round += 1) {
      await tasks.add(`item-${round}`, { by: 'test:backlog' })
      await playRound(pair.actors, round, counts)
    }
  }
  const lines = readFileSync(pair.pullRequests, 'utf8').trim().split('\n')
  const perItem = [...Map.groupBy(lines, (line) => line.split(' ')[0]).values()]
  const once = perItem.filter((starts) => starts.length === 1).length
  return { once, twice: perItem.filter((starts) => starts.length > 1).length, ...counts }
}

/** Both are started; once each has picked an item, or cannot, those that have go on at the same moment. */
async function playRound(
  actors: readonly Actor[],
  round: number,
  counts: { beside: number; refused: number; queued: number; late: number },
): Promise<void> {
  const first = await Promise.all(
    actors.map(async (actor, index) => {
      const told: DispatcherTold = { kind: 'round', ticket: `ticket-${round}-${names[index] ?? ''}` }
      return { actor, word: await ask(actor, told, ['picked', 'queued', 'refused']) }
    }),
  )
  const count = (kind: DispatcherWord['kind']): number => first.filter(({ word }) => word === kind).length
  counts.refused += count('refused')
  counts.queued += count('queued')
  if (count('picked') === actors.length) counts.beside += 1
  const inLine = first.filter(({ word }) => word === 'queued')
  // Whoever waits has its turn when the first has ended, and then finds nothing that is open.
  const turns = inLine.map(({ actor }) => heard(actor, ['nothing', 'picked']))
  const ends = await Promise.all(
    first
      .filter(({ word }) => word === 'picked')
      .map(({ actor }) => ask(actor, { kind: 'go' }, ['started', 'late'])),
  )
  counts.late += ends.filter((end) => end === 'late').length
  for (const turn of await Promise.all(turns))
    if (turn !== 'nothing') throw new Error(`its turn gave ${turn}`)
}

function ask(
  actor: Actor,
  told: DispatcherTold,
  awaited: readonly DispatcherWord['kind'][],
): Promise<DispatcherWord['kind']> {
  const answer = heard(actor, awaited)
  actor.process.send(told)
  return answer
}

async function heard(
  actor: Actor,
  awaited: readonly DispatcherWord['kind'][],
): Promise<DispatcherWord['kind']> {
  const { kind } = await actor.word<DispatcherWord>((word) => awaited.includes(word.kind))
  return kind
}
