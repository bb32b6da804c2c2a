import { isConductError } from '@conduct/core'
import { type Lane, type LaneDefinition, systemClock } from '@conduct/lanes/engine'
import { resources } from './order.ts'

/** Somebody with authority over the line who uses it all the time: in between any two steps of everybody else. */
export interface Captain {
  /** Resolves when the last order has been given. */
  stop(): Promise<void>
  readonly counts: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

const expected = ['STORE_UNREACHABLE', 'CLAIM_UNKNOWN', 'TOKEN_STALE', 'LANE_REQUEST'] as const

export function startCaptain(options: {
  readonly lane: Lane
  readonly definition: LaneDefinition
  readonly random: () => number
  readonly everyMs: number
}): Captain {
  const { lane, definition, random, everyMs } = options
  const counts: Record<string, number> = {}
  const problems: string[] = []
  const stopping = new AbortController()

  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]

  const orders: Readonly<Record<string, () => Promise<boolean>>> = {
    pauseLane: async () => {
      await lane.pause({ reason: 'soak', untilMs: random() * everyMs })
      return true
    },
    unpauseLane: async () => {
      await lane.unpause({})
      return true
    },
    pauseClaim: async () => {
      const claim = pick((await lane.inspect()).document.waiting)?.claim
      if (claim === undefined) return false
      await lane.pause({ claim, reason: 'soak', untilMs: random() * 2 * everyMs })
      return true
    },
    move: async () => {
      const last = (await lane.inspect()).document.waiting.at(-1)?.claim
      if (last === undefined) return false
      await lane.move(last, 'first')
      return true
    },
    forceRelease: async () => {
      const held = pick((await lane.inspect()).document.holders)
      if (held === undefined) return false
      await lane.forceRelease({ token: held.token, claim: held.claim, reason: 'soak' })
      return true
    },
    forceStale: async () => {
      const held = pick((await lane.inspect()).document.holders)
      if (held === undefined) return false
      try {
        await lane.forceRelease({ token: held.token + 0.5, claim: held.claim, reason: 'soak' })
      } catch (error) {
        if (isConductError(error, 'TOKEN_STALE') || isConductError(error, 'STORE_UNREACHABLE')) return true
        throw error
      }
      problems.push('a force release with a token that nobody holds was done')
      return true
    },
    apply: async () => {
      const order = pick(['strict', 'eager', { bounded: 2 }] as const) ?? 'strict'
      const longer = random() < 0.5 ? 1 : 1.5
      const changed = { ...definition, order, ttlMs: definition.ttlMs * longer }
      await lane.apply(changed)
      return true
    },
    assign: async () => {
      await lane.assign({
        holder: 'test:somebody',
        resources: [pick(resources) ?? 'a'],
        forMs: random() * everyMs,
      })
      return true
    },
    clearNotes: async () => {
      const note = (await lane.inspect()).document.notes[0]
      if (note === undefined) return false
      await lane.clearNote(note.run)
      return true
    },
  }
  const names = Object.keys(orders)

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const name = pick(names) ?? 'move'
      try {
        if ((await orders[name]?.()) === true) counts[name] = (counts[name] ?? 0) + 1
      } catch (error) {
        if (!expected.some((code) => isConductError(error, code))) {
          problems.push(`captain, ${name}: ${error instanceof Error ? error.stack : String(error)}`)
        }
      }
      await systemClock.sleep((0.2 + random()) * everyMs, stopping.signal).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    counts,
    problems,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
