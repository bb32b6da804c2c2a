/** GitHub's workflows that publish or deploy. Read as text: nothing in them is run or resolved. */
import { workflowProblem } from '@conduct/forge'
import type { DeployFact, SourceTree, WorkflowFact } from '../facts.ts'

const folder = '.github/workflows/'
const workflowsMax = 200

const publishes =
  /\b(?:(?:npm|pnpm|yarn|yarn npm|lerna|changeset) publish|pnpm -r publish|gem push|rake release|semantic-release)\b|changesets\/action@|rubygems\/release-gem@/
const deploysByName = /deploy|rollout/i
/** Names under which a workflow takes the commit that it deploys. */
const shaInput = /^\s+['"]?(sha|ref|commit|git_sha|commit_sha|revision)['"]?\s*:\s*$/m

export interface Workflows {
  readonly publishing: readonly WorkflowFact[]
  readonly deploying: readonly DeployFact[]
}

export async function findWorkflows(
  tree: SourceTree,
  options: { readonly isOnGithub: boolean },
): Promise<Workflows> {
  const paths = tree.files
    .map(({ path }) => path)
    .filter((path) => path.startsWith(folder) && /^[\w.-]+\.ya?ml$/.test(path.slice(folder.length)))
    .slice(0, workflowsMax)
  const read = await Promise.all(
    paths.map(async (path) => {
      const text = (await tree.read(path)) ?? ''
      const problem = options.isOnGithub ? workflowProblem(text) : 'its repository is not on github.com'
      return { file: path.slice(folder.length), text, problem }
    }),
  )
  const publishing = read.filter(({ text }) => publishes.test(text))
  const deploying = read.filter((each) => !publishing.includes(each) && isDeploy(each))
  return {
    publishing: publishing.map(({ file, problem }) => ({ file, problem })),
    deploying: deploying.map(toDeploy),
  }
}

interface Read extends WorkflowFact {
  readonly text: string
}

function isDeploy({ file, text }: Read): boolean {
  return deploysByName.test(file) || deploysByName.test(/^name\s*:(.*)$/m.exec(text)?.[1] ?? '')
}

function toDeploy({ file, text, problem }: Read): DeployFact {
  const input = shaInput.exec(text)?.[1] ?? null
  const why = problem ?? (input === null ? 'it takes no input that says which commit to deploy' : null)
  return {
    from: `${folder}${file}`,
    isSure: why === null,
    remark:
      why === null ? `dispatched with its input ${input}, and watched` : `not before this is changed: ${why}`,
    how: { kind: 'github_workflow', file, inputs: { [input ?? 'sha']: '{sha}' } },
    trigger: `gh workflow run ${file} *`,
  }
}
