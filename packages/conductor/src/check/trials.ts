import { setupTimeoutMs, trialsAheadMax } from '../limits.ts'
import type { FrozenConsumer, Survey, TrainContext } from '../context.ts'
import { type Workplace, openWorkplace } from '../workplace.ts'
import { runDeclared } from './run-declared.ts'

/** Where the packed artifacts are tried: a worktree at the frozen commit with the consumer's `setup` run in it. */
export function openTrial(context: TrainContext, consumer: FrozenConsumer): Workplace {
  return openWorkplace({
    mirror: consumer.mirror,
    commit: () => consumer.commit,
    prepare: (cwd) =>
      runDeclared(context, consumer.repo.setup, { frozen: consumer, cwd, timeoutMs: setupTimeoutMs }),
  })
}

/** A command that adopts has nothing to try with: preflight said so. */
export function triesPacked({ adopter, via }: FrozenConsumer): boolean {
  return adopter !== null && via !== 'none' && adopter.manager !== 'command'
}

/** The places of all consumers that try something; disposing ends what is under way and removes them. */
export interface Trials extends AsyncDisposable {
  readonly of: (consumer: FrozenConsumer) => Workplace | null
}

/**
 * Begins with the setups of consumers, a few at a time: they need nothing of what the producer's checks still decide.
 * What fails here is told by who asks for the place.
 */
export function beginTrials(context: TrainContext, survey: Survey): Trials {
  const stop = new AbortController()
  const within = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) }
  const isAnythingTried = survey.artifacts.some(({ isPacked }) => survey.catchUp || isPacked)
  const trying = isAnythingTried ? survey.consumers.filter(triesPacked) : []
  const trials = new Map(trying.map((consumer) => [consumer.name, openTrial(within, consumer)]))
  const waiting = [...trials.values()]

  async function goAhead(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await next.path().catch(() => undefined)
    }
  }
  const ahead = Promise.all(Array.from({ length: trialsAheadMax }, goAhead))

  return {
    of: ({ name }) => trials.get(name) ?? null,
    async [Symbol.asyncDispose]() {
      waiting.splice(0)
      stop.abort()
      await ahead
      for (const trial of trials.values()) await trial[Symbol.asyncDispose]()
    },
  }
}
