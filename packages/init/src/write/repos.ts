import type { RepoFacts } from '../facts.ts'
import { comment, indented, list, proposed, remarked, scalar } from './page.ts'

export function repoLines(repo: RepoFacts, options: { readonly isPublished: boolean }): readonly string[] {
  const { key, commands, isUnshared, main, path } = repo
  const build = options.isPublished ? commands.build : null
  return [
    ...remarked(`${scalar(key)}:`, aboutOf(repo)),
    ...indented(
      [
        ...(isUnshared
          ? remarked(
              `remote: ${scalar(repo.remote)}`,
              'this checkout has no remote: write the one that all share',
            )
          : [`remote: ${scalar(repo.remote)}`]),
        // Whoever stands here knows where they are.
        ...(path === null || (path === '.' && !isUnshared)
          ? []
          : isUnshared
            ? [`path: ${scalar(path)}`]
            : proposed(
                remarked(`path: ${scalar(path)}`, 'your checkout: looked at by preflight, never changed'),
              )),
        ...(main === null ? [] : [`main: ${scalar(main)}`]),
        ...setupLines([...commands.setup, ...(build === null ? [] : [build])], build),
        ...checkLines(repo),
        ...(commands.env.length === 0
          ? []
          : proposed(
              remarked(
                `env: ${list(commands.env)}`,
                'names that its commands get from your environment; nothing else is',
              ),
            )),
      ],
      2,
    ),
  ]
}

function aboutOf({ survey: { npm, gems } }: RepoFacts): string {
  const managers = [
    npm === null ? null : (npm.manager ?? 'an unknown package manager'),
    gems === null || gems.gemfile === null ? null : 'Bundler',
  ].filter((name) => name !== null)
  const read = [
    ...(npm === null ? [] : ['package.json']),
    ...(gems === null ? [] : [gems.gemfile ?? 'its gemspec']),
  ]
  if (read.length === 0) return 'no manifest at its top'
  return `${managers.length === 0 ? 'a gem' : managers.join(' and ').replace('yarn-classic', 'yarn 1')}, by ${read.join(' and ')}`
}

function setupLines(setup: readonly string[], build: string | null): readonly string[] {
  if (setup.length === 0) return proposed(['setup: []  # runs first in every private worktree'])
  const why =
    build === null ? 'runs first in every private worktree' : 'the build is here: packing does not build'
  return remarked(`setup: ${list(setup)}`, why)
}

function checkLines({ commands: { checks, perhaps } }: RepoFacts): readonly string[] {
  const also = perhaps.length === 0 ? [] : comment(`There is also: ${perhaps.join(', ')}`)
  if (checks.length === 0) {
    const first = perhaps[0] ?? 'bin/test'
    return proposed(remarked(`checks: ${list([first])}`, 'what has to pass before anything is published'))
  }
  return [...remarked(`checks: ${list(checks)}`, 'what has to pass'), ...also]
}
