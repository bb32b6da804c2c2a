/** What makes a fresh worktree ready, and what has to pass in it. */
import type { NpmSurvey, Survey } from '@conduct/ecosystems'
import type { CommandFacts, SourceTree } from '../facts.ts'

type NodeManager = NonNullable<NpmSurvey['manager']>

const installs = {
  npm: { locked: 'npm ci', loose: 'npm install', run: 'npm run' },
  pnpm: { locked: 'pnpm install --frozen-lockfile', loose: 'pnpm install', run: 'pnpm run' },
  yarn: { locked: 'yarn install --immutable', loose: 'yarn install', run: 'yarn run' },
  'yarn-classic': { locked: 'yarn install --frozen-lockfile', loose: 'yarn install', run: 'yarn run' },
} as const satisfies Record<NodeManager, object>

/** Names of scripts that are often checks. */
const perhapsChecks = ['lint', 'typecheck', 'type-check', 'check', 'test:unit', 'test:ci'] as const
const noTest = /no test specified/

export async function findCommands(tree: SourceTree, survey: Survey): Promise<CommandFacts> {
  const paths = new Set(tree.files.map(({ path }) => path))
  const { npm, gems } = survey
  const manager = npm?.manager ?? null
  const node = npm === null || manager === null ? nothing : ofNode(npm, manager)
  const ruby = gems === null ? [] : rubyChecks(survey, paths)
  return {
    setup: [...node.setup, ...(gems === null || gems.gemfile === null ? [] : ['bundle install'])],
    build: node.build,
    checks: [...node.checks, ...ruby],
    perhaps: node.perhaps,
    env: (await isConfiguredByEnvironment(tree, survey)) ? ['DATABASE_URL'] : [],
  }
}

const nothing = { setup: [], build: null, checks: [], perhaps: [] }

function ofNode(
  { scripts, isLocked, packages }: NpmSurvey,
  manager: NodeManager,
): Pick<CommandFacts, 'setup' | 'build' | 'checks' | 'perhaps'> {
  const { locked, loose, run } = installs[manager]
  const test = scripts.get('test') ?? ''
  const isUnbuilt = packages.some(({ isPrivate, isBuiltWhenPacked }) => !isPrivate && !isBuiltWhenPacked)
  return {
    setup: [isLocked ? locked : loose],
    build: scripts.has('build') && isUnbuilt ? `${run} build` : null,
    checks: test === '' || noTest.test(test) ? [] : [`${run.replace(/ run$/, '')} test`],
    perhaps: perhapsChecks.filter((name) => scripts.has(name)).map((name) => `${run} ${name}`),
  }
}

function rubyChecks({ gems }: Survey, paths: ReadonlySet<string>): readonly string[] {
  const has = (folder: string): boolean => [...paths].some((path) => path.startsWith(folder))
  const needs = new Set(gems?.needs.map(({ name }) => name))
  const bundled = gems?.gemfile === null ? '' : 'bundle exec '
  if (has('spec/') && [...needs].some((name) => /^rspec(?:-|$)/.test(name))) return [`${bundled}rspec`]
  if (paths.has('bin/rails') && has('test/')) return ['bin/rails test']
  return paths.has('Rakefile') && has('test/') ? [`${bundled}rake test`] : []
}

/** Nothing of the environment reaches a command of a run that lanes.yaml does not name. */
async function isConfiguredByEnvironment(tree: SourceTree, { npm, gems }: Survey): Promise<boolean> {
  const isRailsOnServer = gems?.needs.some(({ name }) => ['pg', 'mysql2', 'trilogy'].includes(name)) ?? false
  const configs = ['.env.example', '.env.sample', 'config/database.yml', 'prisma/schema.prisma']
  const texts = await Promise.all(configs.map((file) => tree.read(file)))
  return (
    (npm !== null || gems !== null) &&
    (isRailsOnServer || texts.some((text) => text?.includes('DATABASE_URL')))
  )
}
