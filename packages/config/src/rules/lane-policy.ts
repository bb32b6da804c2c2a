/** Order, store policy and batching of lanes; candidates that should have become lanes. */
import type { Cursor } from '../cursor.ts'
import { effectiveTrigger, presetOf } from './lane-values.ts'
import type { RuleContext } from './rule-context.ts'

export function checkLanePolicy({ root, sink }: RuleContext): void {
  for (const [name, lane] of root.get('lanes').entries()) {
    const scope = lane.get('scope').text() ?? presetOf(lane).scope
    if (lane.get('order').text() === 'eager' && scope === 'repo_set') {
      sink.report('ORDER_EAGER_SETS', lane.get('order').span, {
        message: `lane "${name}" is eager and held for sets of repos: a big set can wait for ever`,
        related: lane.get('scope').exists ? [{ span: lane.get('scope').span, message: 'sets' }] : [],
      })
    }
    if (lane.get('store_policy').text() === 'open' && effectiveTrigger(lane, 'actions').length > 0) {
      sink.report('STORE_POLICY_OPEN', lane.get('store_policy').span, {
        message: `lane "${name}" carries irreversible actions, but would let them proceed without the store`,
        related: [{ span: actionsPlace(lane).span, message: 'its actions' }],
      })
    }
    const batching = lane.get('batching')
    const hasDialect = batching.get('dialect').exists || presetOf(lane).batching?.dialect !== undefined
    if (batching.node?.kind === 'map' && !hasDialect) {
      sink.report('KEY_MISSING', batching.lackingSpan, {
        message: 'batching lacks the key "dialect"',
        hint: 'Add dialect.',
      })
    }
  }
  for (const [name, candidate] of root.get('candidates').entries()) {
    const count = new Set(
      candidate
        .get('incidents')
        .texts()
        .map(({ text }) => text),
    ).size
    if (count < 2) continue
    sink.report('CANDIDATE_BITTEN_TWICE', candidate.ownKeySpan, {
      message: `candidate "${name}" has bitten ${count === 2 ? 'twice' : `${count} times`}`,
      related: [{ span: candidate.get('incidents').span, message: 'its incidents' }],
    })
  }
}

function actionsPlace(lane: Cursor): Cursor {
  const declared = lane.get('triggers').get('actions')
  return declared.exists ? declared : lane.get('use')
}
