import type { Consumer } from '@conduct/config'
import type { ConfigPath } from '../reporter.ts'

/** One consumer in both revisions, by its repo. */
export interface ConsumerPair {
  readonly old: Consumer
  readonly now: Consumer
  readonly train: string
  readonly at: ConfigPath
  readonly atBefore: ConfigPath
}

export function inConsumer(pair: ConsumerPair, ...keys: readonly (string | number)[]) {
  return { at: [...pair.at, ...keys], atBefore: [...pair.atBefore, ...keys] }
}
