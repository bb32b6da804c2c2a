import type { ObservedVersion } from '@conduct/ecosystems'
import {
  green,
  type Judgement,
  notApplicable,
  nothingPublished,
  publishedArtifacts,
  red,
  type Row,
  together,
  unknown,
} from '../row.ts'

/** A package that the registry has never seen: fine from here, refused from a workflow that is trusted by name. */
export const row: Row = {
  check: 'first_publish',
  over: 'producer',
  async judge({ context, survey, evidence }) {
    const published = publishedArtifacts(survey)
    if (published.length === 0) return nothingPublished
    const artifacts = published.filter(({ command }) => command === null)
    if (artifacts.length === 0)
      return notApplicable('A command publishes; whether it may is its own business.')
    const { publish } = context.train.producer
    const byWorkflow = typeof publish === 'object' && 'workflow' in publish
    const judged = await Promise.all(
      artifacts.map(async (artifact) => {
        const { name, registry } = artifact
        return judgeFirst(await evidence.observed(artifact), { name, registry, byWorkflow })
      }),
    )
    return together(judged, 'packages')
  },
}

function judgeFirst(
  observed: ObservedVersion,
  { name, registry, byWorkflow }: { name: string; registry: string; byWorkflow: boolean },
): Judgement {
  if (observed.state === 'unknown') return unknown('', `${name}: ${observed.reason}.`)
  if (observed.state === 'present' || observed.versions.length > 0)
    return green('', `${name} is known there.`)
  if (byWorkflow) {
    return red(
      '',
      `${name} is new at ${registry}: a trusted workflow cannot publish it first; publish it once by hand.`,
    )
  }
  return green('', `${name} is new at ${registry}: this is its first publish.`)
}
