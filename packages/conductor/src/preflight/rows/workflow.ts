import type { FrozenRepo, Survey } from '../../context.ts'
import { notApplicable, red, type Row, unknown } from '../row.ts'

/** A declared workflow exists at the frozen commit; whether it can be dispatched, only the forge knows. */
export const row: Row = {
  check: 'workflow',
  over: 'every',
  async judge({ context, survey, frozen }) {
    const { publish } = context.train.producer
    const files = [
      ...(frozen.role === 'producer' && typeof publish === 'object' && 'workflow' in publish
        ? [publish.workflow]
        : []),
      ...deployWorkflows(survey, frozen),
    ]
    if (files.length === 0) return notApplicable('No workflow is dispatched.')
    const missing: string[] = []
    for (const file of files) {
      const path = file.includes('/') ? file : `.github/workflows/${file}`
      if ((await frozen.tree.readFile(path)) === null) missing.push(path)
    }
    if (missing.length > 0) {
      return red(
        `${files.length} of ${files.length} workflows`,
        `${missing.join(', ')} does not exist at ${frozen.commit.slice(0, 7)}; correct the name in lanes.yaml.`,
      )
    }
    return unknown(
      `0 of ${files.length} workflows`,
      `Whether ${files.join(', ')} can be dispatched: this conduct cannot ask the forge yet.`,
    )
  },
}

function deployWorkflows(survey: Survey, frozen: FrozenRepo): readonly string[] {
  return survey.consumers.flatMap(({ name, consumer }) => {
    const { strategy } = consumer.deploy
    return name === frozen.name && frozen.role === 'consumer' && strategy.kind === 'github_workflow'
      ? [strategy.file]
      : []
  })
}
