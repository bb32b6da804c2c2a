import type { PlannedArtifact } from '../../context.ts'
import {
  green,
  nothingPublished,
  notApplicable,
  publishedArtifacts,
  red,
  type Row,
  together,
} from '../row.ts'

/** Somebody is logged in at every registry that a package goes to. */
export const row: Row = {
  check: 'registry_identity',
  over: 'producer',
  async judge({ context, survey, evidence }) {
    const { publish } = context.train.producer
    if (typeof publish === 'object' && 'workflow' in publish) {
      return notApplicable('The workflow publishes, with an identity of its own.')
    }
    const published = publishedArtifacts(survey)
    if (published.length === 0) return nothingPublished
    const artifacts = published.filter(({ command }) => command === null)
    if (artifacts.length === 0) return notApplicable('A command publishes, with an identity of its own.')
    const first = new Map(artifacts.map((artifact) => [artifact.registry, artifact]))
    const judged = await Promise.all(
      [...first.values()].map(async (artifact) => {
        const name = await evidence.identity(artifact)
        return name === null
          ? red('', `Nobody is logged in at ${artifact.registry}; log in with ${loginFor(artifact)}.`)
          : green('', `${name} at ${artifact.registry}; the registry itself decides when it is published to.`)
      }),
    )
    return together(judged, 'registries')
  },
}

function loginFor({ ecosystem, registry }: PlannedArtifact): string {
  return ecosystem === 'rubygems'
    ? `gem signin --host ${registry}, or declare registry: ${registry} in lanes.yaml, so that GEM_HOST_API_KEY may go there`
    : `npm login --registry ${registry}`
}
