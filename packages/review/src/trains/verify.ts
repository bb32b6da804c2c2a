import { formatDuration } from '@conduct/core'
import type { Reporter } from '../reporter.ts'
import { isSame } from '../words.ts'
import { type ConsumerPair, inConsumer } from './consumer-pair.ts'

/** Whether somebody looks that what was deployed runs, and how closely. */
export function reviewVerify(pair: ConsumerPair, out: Reporter): void {
  const { old, now, train } = pair
  const [was, is] = [old.deploy.verify, now.deploy.verify]
  const at = inConsumer(pair, 'deploy', 'verify')
  if (old.deploy.onFailedVerify === 'automatic' && now.deploy.onFailedVerify === 'offer') {
    out.report('ROLLBACK_OFFERED', {
      severity: 'caution',
      message: `a deploy of ${now.repo} that fails its verification stays until somebody takes it back`,
      ...inConsumer(pair, 'deploy', 'onFailedVerify'),
    })
  }
  if (was === null || isSame(was, is)) return
  if (is === null) {
    out.report('DEPLOY_UNVERIFIED', {
      severity: 'danger',
      message: `train "${train}" deploys ${now.repo}, and nobody looks any more whether the new version runs`,
      ...at,
    })
    return
  }
  const less = [
    ...(is.reads < was.reads ? [`${is.reads} instead of ${was.reads} reads have to agree`] : []),
    ...(is.withinMs > was.withinMs ? [`it may take ${formatDuration(is.withinMs)}`] : []),
    ...(isSame(was.expect, is.expect) ? [] : ['it expects another answer']),
    ...(was.url === is.url ? [] : [`it asks ${is.url} instead of ${was.url}`]),
  ]
  if (less.length === 0) return
  out.report('VERIFY_CHANGED', {
    severity: 'caution',
    message: `how a deploy of ${now.repo} is verified is another: ${less.join('; ')}`,
    ...at,
  })
}
