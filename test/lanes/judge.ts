import {
  checkEffects,
  checkHistory,
  type EffectRecord,
  findLostClaims,
  type HistoryRecord,
  type Lane,
} from '@conduct/lanes/engine'
import { answered } from './lane-of.ts'

/** What the independent checkers say about all that happened in a lane; every test of the arena ends with it. */
export interface Judgement {
  readonly history: readonly HistoryRecord[]
  /** Every breach, one sentence each; empty when the lane kept its promises. */
  readonly problems: readonly string[]
}

/**
 * Reads the document first and the records up to it, then asks: is the chain intact and does it replay, did holders
 * exclude each other with rising tokens, does every claim live or have ended once, did effects carry what was granted.
 *
 * @param effects what a fenced target took, in the order it took them.
 */
export async function judge(lane: Lane, effects: readonly EffectRecord[] = []): Promise<Judgement> {
  const { document } = await answered(() => lane.inspect())
  const all = await answered(() => lane.history())
  const history = all.filter((record) => record.seq <= document.history.seq)
  const alive = new Set([...document.holders, ...document.waiting].map(({ claim }) => claim))
  const { problem } = await answered(() => lane.verifyHistory())
  const problems = [
    ...(problem === null ? [] : [problem]),
    ...checkHistory(history),
    ...findLostClaims(history, alive).map((claim) => `${claim} is lost: it neither lives nor ended, or both`),
    ...checkEffects(history, effects),
  ]
  return { history, problems }
}
