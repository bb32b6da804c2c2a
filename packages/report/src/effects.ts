import type { RunRecord } from '@conduct/core'
import { listed } from './cells.ts'

/**
 * What changed in the world, or that nothing did: the sentence people look for first. An effect whose outcome is
 * not known is named as such; it is never counted as done, nor as not done.
 */
export function effectsOf(record: RunRecord): string {
  const { published, adopted, deployed, steps } = record
  const configured = steps.filter((step) => step.phase === 'configure' && step.state === 'done')
  const open = steps.filter(
    (step) =>
      step.irreversible &&
      (step.state === 'unknown' || (step.state === 'running' && record.state !== 'running')),
  )
  const counts = [published, adopted, deployed, configured, open]
  if (!record.irreversibleDone && counts.every((list) => list.length === 0))
    return 'nothing was changed anywhere'

  const repos = [...new Set(adopted.map(({ repo }) => repo))]
  const dispatched = deployed.filter(({ verified }) => verified !== 'nothing_dispatched')
  const verified = dispatched.filter((one) => one.verified === 'yes')
  const live = published.map((one) => `${one.package} ${one.version}`)
  return [
    live.length === 0 ? 'nothing was published' : `${listed(live)} ${live.length === 1 ? 'is' : 'are'} live`,
    repos.length === 0 ? 'nothing was adopted' : `adopted by ${listed(repos)}`,
    ...(configured.length === 0 ? [] : [`configured ${listed(configured.map(({ action }) => action))}`]),
    dispatched.length === 0
      ? 'nothing was deployed'
      : `deployed to ${listed(dispatched.map(({ repo }) => repo))} (${verified.length} of ${dispatched.length} verified)`,
    ...open.map((step) => `whether "${step.action}" happened is not known`),
  ].join('; ')
}
