import { leftStaged, type RunRecord, type StepRecord } from '@conduct/core'
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
      (step.state === 'unknown' || (step.state === 'running' && record.state !== 'running')) &&
      !isTakenBack(record, step),
  )
  const staged = leftStaged(steps)
  const counts = [published, adopted, deployed, configured, open, staged]
  if (!record.irreversibleDone && counts.every((list) => list.length === 0))
    return 'nothing was changed anywhere'

  const repos = [...new Set(adopted.map(({ repo }) => repo))]
  const dispatched = deployed.filter(({ verified }) => verified !== 'nothing_dispatched')
  const verified = dispatched.filter((one) => one.verified === 'yes')
  const live = published.map((one) => `${one.package} ${one.version}`)
  const back = deployed.filter(({ rollback }) => rollback?.outcome === 'rolled_back')
  const stuck = deployed.filter(({ rollback }) => rollback !== null && rollback.outcome !== 'rolled_back')
  const reverted = [...new Set(adopted.filter((one) => one.reverted !== null).map(({ repo }) => repo))]
  const deprecated = published.filter((one) => one.deprecated !== null)
  return [
    live.length === 0 ? 'nothing was published' : `${listed(live)} ${live.length === 1 ? 'is' : 'are'} live`,
    ...staged.map(({ package: name, version, reject }) => {
      const thrown = reject === null ? '' : ` (a maintainer throws it away with: ${reject})`
      return `${name} ${version} was staged, and nobody has seen it approved${thrown}`
    }),
    repos.length === 0 ? 'nothing was adopted' : `adopted by ${named(repos)}`,
    ...(configured.length === 0
      ? []
      : [`configured ${listed(configured.map(({ action }) => action.replace(/^set /u, '')))}`]),
    dispatched.length === 0
      ? 'nothing was deployed'
      : `deployed to ${named(dispatched.map(({ repo }) => repo))} (${verified.length} of ${dispatched.length} verified)`,
    ...(back.length === 0 ? [] : [`rolled back in ${listed(back.map(({ repo }) => repo))}`]),
    ...(stuck.length === 0
      ? []
      : [`the rollback did not succeed in ${listed(stuck.map(({ repo }) => repo))}`]),
    ...(reverted.length === 0 ? [] : [`the adoption was reverted in ${listed(reverted)}`]),
    ...(deprecated.length === 0
      ? []
      : [
          `${listed(deprecated.map((one) => `${one.package} ${one.version}`))} ${deprecated.length === 1 ? 'is' : 'are'} deprecated`,
        ]),
    ...open.map((step) => `whether "${step.action}" happened is not known`),
  ].join('; ')
}

/** However a step ended: once its effect was taken back, and that was read, there is nothing open about it. */
function isTakenBack({ plan, steps }: RunRecord, step: StepRecord): boolean {
  const ways = plan?.compensation.filter(({ undoes }) => undoes === step.id) ?? []
  return steps.some(
    ({ id, state }) => (state === 'done' || state === 'already') && ways.some((way) => way.id === id),
  )
}

const namedMax = 5

/** Many consumers are counted; the table names each. */
function named(repos: readonly string[]): string {
  return repos.length > namedMax ? `${repos.length} consumers` : listed(repos)
}
