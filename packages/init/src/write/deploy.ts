import type { DeployFact, DeployHow, RepoFacts } from '../facts.ts'
import { commandScalar, comment, indented, proposed, scalar } from './page.ts'

/** What stands below a consumer about its deploy: the one that can be told, the others as proposals. */
export function deployLines(repo: RepoFacts): readonly string[] {
  const [sure, ...others] = [
    ...repo.deploys.filter(({ isSure }) => isSure),
    ...repo.deploys.filter(({ isSure }) => !isSure),
  ]
  if (sure === undefined) {
    return comment('How it is deployed was not found: without deploy, a run says that it dispatched nothing.')
  }
  const block = ['deploy:', ...indented([...howLines(sure.how), ...verifyLines(repo)], 2)]
  const first = sure.isSure
    ? [...comment(`By ${sure.from}: ${sure.remark}.`), ...block]
    : [...comment(`By ${sure.from}; ${sure.remark}.`), ...proposed(block)]
  return [...first, ...others.flatMap(otherLines)]
}

function otherLines({ from, remark }: DeployFact): readonly string[] {
  return comment(`There is also ${from}; ${remark}.`)
}

function howLines(how: DeployHow): readonly string[] {
  switch (how.kind) {
    case 'command':
      return [
        `run: ${commandScalar(how.run)}`,
        how.previous === null
          ? '# previous: bin/deploy --current  # prints the commit that runs now: what is expected, and the way back'
          : `previous: ${commandScalar(how.previous)}`,
        ...(how.rollback === null ? [] : [`rollback: ${commandScalar(how.rollback)}`]),
      ]
    case 'git_push':
      return [`strategy: { git_push: { remote: ${scalar(how.remote)}, branch: ${scalar(how.branch)} } }`]
    case 'github_workflow': {
      const inputs = Object.entries(how.inputs).map(
        ([name, value]) => `${scalar(name)}: ${JSON.stringify(value)}`,
      )
      return [
        `strategy: { github_workflow: { file: ${scalar(how.file)}, inputs: { ${inputs.join(', ')} } } }`,
        '# previous: bin/deploy --current  # prints the commit that runs now: what is expected, and the way back',
      ]
    }
    default:
      return how satisfies never
  }
}

function verifyLines({ key }: RepoFacts): readonly string[] {
  const url = JSON.stringify(`https://${key.toLowerCase()}.example/version`)
  return [
    `# verify: { url: ${url}, expect: { json: { sha: "{sha}" } } }  # what the running app says about itself`,
  ]
}
