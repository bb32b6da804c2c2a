import { createPool } from './pool.ts'

export interface OrderedConsumer {
  readonly name: string
  readonly after: readonly string[]
}

export type Arrival =
  | { readonly name: string; readonly state: 'arrived' }
  | { readonly name: string; readonly state: 'failed'; readonly error: unknown }
  /** It never started, or it stopped between two phases, because of another one. */
  | { readonly name: string; readonly state: 'held_back'; readonly because: string }

export interface OrderOptions {
  readonly consumers: readonly OrderedConsumer[]
  readonly onFailure: 'stop_all' | 'stop_new' | 'continue'
  /** Travels at once; a consumer that waits for another one takes no place. */
  readonly atOnceMax: number
  /** `halt` aborts when those under way have to stop between two phases (`stop_all`). */
  readonly travel: (name: string, halt: AbortSignal) => Promise<void>
}

/** Thrown by `travel` when it stopped because `halt` was aborted. */
export class HaltedError extends Error {
  override readonly name = 'HaltedError'
}

/**
 * Lets every consumer travel as soon as those before it (`after`) have arrived.
 *
 * One that fails holds back those that come after it, whatever the policy; `stop_new` also those that have not
 * started, `stop_all` also those under way.
 *
 * @returns one arrival per consumer, in the order given; never throws.
 */
export async function travelInOrder(options: OrderOptions): Promise<readonly Arrival[]> {
  const pool = createPool(options.atOnceMax)
  const halting = new AbortController()
  const arrivals = new Map<string, Promise<Arrival>>()
  let firstFailed: string | null = null

  async function travelOne(consumer: OrderedConsumer): Promise<Arrival> {
    const { name } = consumer
    for (const before of consumer.after) {
      const arrival = await arrivals.get(before)
      if (arrival !== undefined && arrival.state !== 'arrived')
        return { name, state: 'held_back', because: before }
    }
    return pool(async () => {
      if (firstFailed !== null && options.onFailure !== 'continue') {
        return { name, state: 'held_back', because: firstFailed }
      }
      try {
        await options.travel(name, halting.signal)
        return { name, state: 'arrived' }
      } catch (error) {
        if (error instanceof HaltedError) return { name, state: 'held_back', because: firstFailed ?? name }
        firstFailed ??= name
        if (options.onFailure === 'stop_all') halting.abort()
        return { name, state: 'failed', error }
      }
    })
  }

  const byName = new Map(options.consumers.map((consumer) => [consumer.name, consumer]))
  function start(consumer: OrderedConsumer): Promise<Arrival> {
    const known = arrivals.get(consumer.name)
    if (known !== undefined) return known
    for (const before of consumer.after) {
      const other = byName.get(before)
      if (other !== undefined) void start(other)
    }
    const arrival = travelOne(consumer)
    arrivals.set(consumer.name, arrival)
    return arrival
  }
  return Promise.all(options.consumers.map(start))
}
