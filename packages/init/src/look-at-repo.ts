import { findSecrets } from '@conduct/config'
import type { Survey } from '@conduct/ecosystems'
import { findCommands } from './detect/commands.ts'
import { findDeploys } from './detect/deploys.ts'
import { findMigrations } from './detect/migrations.ts'
import { findWorkflows } from './detect/workflows.ts'
import type { Gap, RepoFacts, SourceTree } from './facts.ts'

export interface SourceRepo extends Pick<
  RepoFacts,
  'key' | 'remote' | 'isUnshared' | 'main' | 'path' | 'isOnGithub' | 'survey'
> {
  readonly tree: SourceTree
  /** Name → address of every remote that a checkout has. */
  readonly remotes: ReadonlyMap<string, string>
  /** What the reader of its files has to say already. */
  readonly gaps: readonly Gap[]
}

/** Everything there is to know of one repository. Only reads what it is given. */
export async function lookAtRepo(source: SourceRepo): Promise<RepoFacts> {
  const { tree: given, remotes, gaps, ...rest } = source
  // Names end up in a file that everybody reads; one that looks like a secret would be refused there.
  const tree = { ...given, files: given.files.filter(({ path }) => isWritable(path)) }
  const known = { ...rest, survey: withoutSecrets(rest.survey) }
  const { survey, isOnGithub, key } = known
  const [migrations, workflows, deploys, commands] = await Promise.all([
    findMigrations(tree, survey),
    findWorkflows(tree, { isOnGithub }),
    findDeploys(tree, { survey, remotes }),
    findCommands(tree, survey),
  ])
  const facts = {
    ...known,
    migrations,
    publishing: workflows.publishing,
    deploys: [...workflows.deploying, ...deploys],
    commands,
  }
  return { ...facts, gaps: [...gaps, ...gapsIn(key, survey), ...commandGaps(facts)] }
}

function isWritable(text: string): boolean {
  return findSecrets(text).length === 0
}

function withoutSecrets(survey: Survey): Survey {
  const writable = <Named extends { readonly name: string }>(all: readonly Named[]): readonly Named[] =>
    all.filter(({ name }) => isWritable(name))
  const { npm, gems } = survey
  return {
    ...survey,
    needsBeside: writable(survey.needsBeside),
    npm: npm === null ? null : { ...npm, packages: writable(npm.packages), needs: writable(npm.needs) },
    gems: gems === null ? null : { ...gems, packages: writable(gems.packages), needs: writable(gems.needs) },
  }
}

function gapsIn(repo: string, { npm, problems }: Survey): readonly Gap[] {
  return [
    ...problems.map(({ file, why }) => ({
      repo,
      what: `${file} was left out: ${why.replace(`${file}: `, '').replace(/\.$/, '')}`,
      remedy: 'What depends on it is missing here: correct the file, or write it yourself',
    })),
    ...(npm !== null && npm.manager === null
      ? [
          {
            repo,
            what: 'Its package manager is none that conduct drives (npm, pnpm, yarn)',
            remedy: 'Write setup and checks, and adopt: { command: …, observe: … } where it is a consumer',
          },
        ]
      : []),
  ]
}

function commandGaps({
  key,
  commands,
  survey,
}: Pick<RepoFacts, 'key' | 'commands' | 'survey'>): readonly Gap[] {
  const isCode = survey.npm !== null || survey.gems !== null
  if (commands.checks.length > 0) return []
  return [
    {
      repo: key,
      what: isCode ? 'No command that tests it' : 'Neither package.json, Gemfile nor gemspec at its top',
      remedy: isCode
        ? 'Write checks: without any, a release of it counts as checked when it has merely been installed'
        : 'Write setup and checks, if it is built or tested at all',
    },
  ]
}
