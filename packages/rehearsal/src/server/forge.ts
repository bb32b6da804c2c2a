import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { letCiWork } from '../forge/ci.ts'
import { type GithubDouble, startGithub } from '../forge/start-github.ts'
import { layoutOf } from '../layout.ts'
import { deployCommand, deployInputs, deployWorkflow } from '../repositories/deploy-workflow.ts'
import { runStep } from '../toolchain.ts'

/** What an estate's forge is to serve. */
export interface ForgeSetting {
  /** Everybody in the estate has this token. */
  readonly token: string
  readonly login: string
  /** Repos whose remotes live there. */
  readonly repos: readonly {
    readonly name: string
    readonly isProtected: boolean
    /** It has the workflow that deploys it. */
    readonly isDeployedThere: boolean
  }[]
}

export interface EstateForge extends AsyncDisposable {
  /** Begins to serve, or serves anew what is set now. */
  serve(setting: ForgeSetting): Promise<{ readonly port: number }>
}

/** The one check that CI makes of every commit; where main is protected nothing is merged without it. */
export const requiredCheck = 'test'

/** So many questions about a commit find its check still running. */
const reportsAfter = 1

/** The double of GitHub over the estate's own remotes; started with the first estate that has a forge. */
export function openForge(dir: string): EstateForge {
  let github: GithubDouble | null = null
  return {
    async serve({ token, login, repos }) {
      github ??= await startGithub()
      github.addToken(token, { login, kind: 'user', scopes: ['repo', 'workflow'] })
      for (const { name, isProtected, isDeployedThere } of repos) {
        const served = await github.serveRepository(`remotes/${name}`, layoutOf(dir).remote(name))
        served.records.access.set(login, 'admin')
        if (isDeployedThere) {
          served.addWorkflow(deployWorkflow, {
            inputs: deployInputs,
            job: ({ head, inputs }) =>
              deployFromCheckout(dir, { repo: name, head, sha: String(inputs['sha']) }),
          })
        }
        served.setCi({ check: requiredCheck, conclusion: 'success', reportsAfter })
        // What is on main has been judged long ago.
        const head = await served.head('main')
        for (let asked = 0; asked <= reportsAfter; asked += 1) letCiWork(served.records, head)
        if (!isProtected) continue
        await served.protect('main', {
          checks: [{ context: requiredCheck, appId: null }],
          reviews: 0,
          enforceAdmins: true,
        })
      }
      return { port: Number(new URL(github.url).port) }
    },
    async [Symbol.asyncDispose]() {
      await github?.[Symbol.asyncDispose]()
    },
  }
}

/** What a machine of the forge does: checks out the commit that was dispatched on, and runs the step of the workflow. */
async function deployFromCheckout(
  dir: string,
  { repo, head, sha }: { readonly repo: string; readonly head: string; readonly sha: string },
): Promise<'success'> {
  const folder = await mkdtemp(join(dir, 'runner-'))
  try {
    const { remote } = layoutOf(dir)
    await runStep(['git', 'clone', '--quiet', '--no-checkout', '--', remote(repo), folder], { cwd: dir })
    await runStep(['git', 'checkout', '--quiet', '--detach', head], { cwd: folder })
    await runStep(deployCommand(sha), { cwd: folder })
    return 'success'
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
