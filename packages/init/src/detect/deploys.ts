/** How an app gets where it runs: scripts, tools and remotes of platforms. What a script takes is not known for sure. */
import type { Survey } from '@conduct/ecosystems'
import type { DeployFact, SourceTree } from '../facts.ts'

const scriptPattern = /^(?:(?:bin|script|scripts|ops|ci)\/)?deploy(?:\.(?:sh|rb|py|js|ts|mjs))?$/
/** As words of a command, without quoting. */
const plain = /^[\w./-]+$/

interface Tool {
  readonly file: RegExp
  readonly name: string
  readonly run: string
  readonly previous: string | null
  readonly rollback: string | null
  readonly trigger: string
}

const tools: readonly Tool[] = [
  {
    file: /^(?:config\/deploy\.ya?ml|\.kamal\/secrets)$/,
    name: 'Kamal',
    run: 'kamal deploy --version={sha}',
    previous: 'kamal app version --quiet --primary',
    rollback: 'kamal rollback {previous_sha}',
    trigger: 'kamal deploy *',
  },
  {
    file: /^Capfile$/,
    name: 'Capistrano',
    run: 'bundle exec cap production deploy REVISION={sha}',
    previous: null,
    rollback: null,
    trigger: 'cap production deploy *',
  },
  {
    file: /^fly\.toml$/,
    name: 'Fly.io',
    run: 'fly deploy --env RELEASE_SHA={sha}',
    previous: null,
    rollback: null,
    trigger: 'fly deploy *',
  },
]

export async function findDeploys(
  tree: SourceTree,
  { survey, remotes }: { readonly survey: Survey; readonly remotes: ReadonlyMap<string, string> },
): Promise<readonly DeployFact[]> {
  const scripts = tree.files.filter(
    ({ path, isExecutable }) =>
      scriptPattern.test(path) && (isExecutable || /\.(?:sh|rb|py|js|mjs)$/.test(path)),
  )
  return [
    ...platforms(remotes),
    ...(await Promise.all(scripts.map(({ path }) => ofScript(tree, path)))),
    ...tools.flatMap((tool) => ofTool(tree, tool)),
    ...ofPackage(survey),
  ]
}

const platformHost = /^(?:https:\/\/git\.heroku\.com\/|git@heroku\.com:|ssh:\/\/git@heroku\.com\/|dokku@)/

/** A remote whose only use is to be deployed to. */
function platforms(remotes: ReadonlyMap<string, string>): readonly DeployFact[] {
  const found = [...remotes].filter(([, url]) => platformHost.test(url))
  return found.map(([name, remote]) => ({
    from: `git remote ${name}`,
    isSure: found.length === 1,
    remark: found.length === 1 ? 'what it is sent, it deploys' : 'one of several: say which is production',
    how: { kind: 'git_push', remote, branch: 'main' },
    trigger: plain.test(name) ? `git push ${name} *` : null,
  }))
}

async function ofScript(tree: SourceTree, path: string): Promise<DeployFact> {
  const text = (await tree.read(path)) ?? ''
  const takes = (option: string): boolean => new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(text)
  const by = takes('--sha') ? '--sha ' : ''
  return {
    from: path,
    isSure: false,
    remark: `what ${path} takes, only you know: it has to deploy exactly {sha}`,
    how: {
      kind: 'command',
      run: `${path} ${by}{sha}`,
      previous: takes('--current') ? `${path} --current` : null,
      rollback: `${path} ${by}{previous_sha}`,
    },
    trigger: `${path} *`,
  }
}

function ofTool(
  tree: SourceTree,
  { file, name, run, previous, rollback, trigger }: Tool,
): readonly DeployFact[] {
  const found = tree.files.find(({ path }) => file.test(path))
  if (found === undefined) return []
  const remark = `as ${name} is usually called; the secrets it needs stand under env, by their names`
  const how = { kind: 'command', run, previous, rollback } as const
  return [{ from: found.path, isSure: false, remark, how, trigger }]
}

function ofPackage({ npm }: Survey): readonly DeployFact[] {
  if (npm === null || npm.manager === null || !npm.scripts.has('deploy')) return []
  const run = `${npm.manager === 'yarn-classic' ? 'yarn' : npm.manager} run deploy`
  const by = npm.manager === 'npm' ? ' --' : ''
  return [
    {
      from: 'package.json',
      isSure: false,
      remark: 'what the script deploy takes, only you know: it has to deploy exactly {sha}',
      how: { kind: 'command', run: `${run}${by} {sha}`, previous: null, rollback: null },
      trigger: `${run} *`,
    },
  ]
}
