import { appendFileSync } from 'node:fs'
import { type LaneDefinition, openStore, systemClock } from '@conduct/lanes/engine'
import { openLanes } from '@conduct/lanes/engine'
import { openTasks, type Tasks } from '@conduct/tasks'
import { shortLease } from './lease-terms.ts'

/**
 * One process that dispatches a singleton agent: it takes the agent's lane for its project, picks the next open item of
 * the backlog, moves it, and starts work: a line in the pull requests.
 */
export interface DispatcherOrder {
  readonly storeUrl: string
  readonly name: string
  /** Where work that was started leaves its line: `item name`. */
  readonly pullRequests: string
}

export interface Ways {
  /** `ticket`: the lane is keyed by what started the dispatcher, and not by what it shares with others. */
  readonly lane: 'project' | 'ticket' | 'none'
  /** `unguarded`: moves whatever it is; `any_answer`: takes "it is there already" for its own move. */
  readonly move: 'guarded' | 'unguarded' | 'any_answer'
  readonly whenHeld: 'fail' | 'queue'
}

export type DispatcherTold =
  | { readonly kind: 'open'; readonly estate: string; readonly ways: Ways }
  | { readonly kind: 'round'; readonly ticket: string }
  | { readonly kind: 'go' }

/** `picked`: an item was chosen, and nothing is moved before `go`. */
export type DispatcherWord = {
  readonly kind: 'opened' | 'queued' | 'refused' | 'nothing' | 'picked' | 'started' | 'late'
}

const order = JSON.parse(process.argv[2] ?? '') as DispatcherOrder
const agentLane: LaneDefinition = {
  ...shortLease,
  scope: 'project',
  ttlMs: 120_000,
  renewMs: 20_000,
  acceptMs: 60_000,
}

const say = (kind: DispatcherWord['kind']): void => void process.send?.({ kind })
let go = Promise.withResolvers<void>()

async function open({ estate, ways }: Extract<DispatcherTold, { kind: 'open' }>) {
  const store = await openStore(order.storeUrl, { estate })
  const lanes = openLanes({
    store,
    definitions: new Map([['agent', agentLane]]),
    identity: { holder: `agent:${order.name}`, person: null },
    clock: systemClock,
    renewal: 'inline',
    emit: (event) => {
      if (event.type === 'lane_changed' && event.change === 'queued') say('queued')
    },
  })
  const tasks = openTasks({ store, wallMs: Date.now })
  const dispatch = async (ticket: string): Promise<DispatcherWord['kind']> => {
    if (ways.lane === 'none') return work(tasks, ways)
    const claimed = await lanes.lane('agent').acquire({
      resources: [ways.lane === 'project' ? 'web' : ticket],
      attended: true,
      task: ticket,
      whenHeld: ways.whenHeld,
      waitMsMax: 60_000,
    })
    if (claimed.outcome !== 'granted') return 'refused'
    const word = await work(tasks, ways)
    await claimed.lease.release()
    return word
  }
  return { dispatch, store }
}

async function work(tasks: Tasks, ways: Ways): Promise<DispatcherWord['kind']> {
  const item = (await tasks.list()).find(({ state }) => state === 'open')
  if (item === undefined) return 'nothing'
  say('picked')
  await go.promise
  const by = `agent:${order.name}`
  const moved =
    ways.move === 'unguarded'
      ? await tasks.move(item.id, { to: `with ${order.name}`, by })
      : await tasks.move(item.id, { to: 'doing', from: 'open', by })
  const isOurs = moved.outcome === 'moved' || (ways.move === 'any_answer' && moved.outcome === 'already')
  if (!isOurs) return 'late'
  appendFileSync(order.pullRequests, `${item.id} ${order.name}\n`)
  return 'started'
}

let opened: Awaited<ReturnType<typeof open>> | null = null
process.on('message', (told: DispatcherTold) => {
  void (async () => {
    switch (told.kind) {
      case 'open':
        await opened?.store[Symbol.asyncDispose]()
        opened = await open(told)
        return say('opened')
      case 'round':
        go = Promise.withResolvers()
        return say((await opened?.dispatch(told.ticket)) ?? 'nothing')
      case 'go':
        return go.resolve()
      default:
        return told satisfies never
    }
  })()
})
