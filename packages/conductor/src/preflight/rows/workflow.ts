import { type ForgeRepository, workflowProblem } from '@conduct/forge'
import type { FrozenRepo, Survey } from '../../context.ts'
import { judgeReading } from '../forge.ts'
import { green, type Judgement, notApplicable, red, type Row, together } from '../row.ts'

/**
 * A declared workflow exists at the frozen commit, shows our id in the names of its runs, and the forge takes a
 * dispatch of it.
 */
export const row: Row = {
  check: 'workflow',
  over: 'every',
  async judge({ context, survey, frozen, evidence }) {
    const { publish } = context.train.producer
    const files = [
      ...(frozen.role === 'producer' && typeof publish === 'object' && 'workflow' in publish
        ? [publish.workflow]
        : []),
      ...deployWorkflows(survey, frozen),
    ]
    if (files.length === 0) return notApplicable('No workflow is dispatched.')
    const inFiles = await Promise.all(files.map((file) => judgeFile(frozen, file)))
    // What the file says is red without asking anybody.
    if (inFiles.some((one) => one !== null)) {
      return together(
        inFiles.map((one, at) => one ?? green('1 of 1', `${files[at] ?? ''} can be dispatched.`)),
        'workflows',
      )
    }
    const at = await evidence.forge(frozen)
    if (at === null) {
      return red(
        `0 of ${files.length} workflows`,
        `${files.join(', ')} is dispatched at a forge, and ${frozen.name} has none; declare its forge.`,
      )
    }
    return together(
      await Promise.all(files.map((file) => judgeAtRepository(at.repository, file))),
      'workflows',
    )
  },
}

async function judgeFile(frozen: FrozenRepo, file: string): Promise<Judgement | null> {
  const path = file.includes('/') ? file : `.github/workflows/${file}`
  const text = await frozen.tree.readFile(path)
  if (text === null) {
    return red(
      '1 of 1',
      `${path} does not exist at ${frozen.commit.slice(0, 7)}; correct the name in lanes.yaml.`,
    )
  }
  const problem = workflowProblem(text)
  return problem === null ? null : red('1 of 1', `${path} cannot be dispatched and found again: ${problem}.`)
}

async function judgeAtRepository(repository: ForgeRepository, file: string): Promise<Judgement> {
  const reading = await repository.readWorkflow(file)
  if (reading.state === 'absent') {
    return red('1 of 1', `${repository.fullName} has no workflow ${file} on its default branch.`)
  }
  return judgeReading(reading, {
    what: `Whether ${file} can be dispatched`,
    judge: ({ isActive, said }) =>
      isActive
        ? green('1 of 1', `${file} can be dispatched.`)
        : red('1 of 1', `${file} takes no dispatch (${said}); enable it at the forge.`),
  })
}

function deployWorkflows(survey: Survey, frozen: FrozenRepo): readonly string[] {
  return survey.consumers.flatMap(({ name, consumer }) => {
    const { strategy } = consumer.deploy
    return name === frozen.name && frozen.role === 'consumer' && strategy.kind === 'github_workflow'
      ? [strategy.file]
      : []
  })
}
