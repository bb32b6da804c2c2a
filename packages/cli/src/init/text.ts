import { printableLine } from '@conduct/core'
import { type Gap, type RepoFacts, someOf } from '@conduct/init'
import type { Style } from '../output/style.ts'
import { wrapLines } from '../output/wrap-lines.ts'
import type { NextStep } from './next-steps.ts'

export interface Initialised {
  readonly repos: readonly RepoFacts[]
  readonly target: string
  readonly summary: string
  readonly gaps: readonly Gap[]
  readonly steps: readonly NextStep[]
}

export function initText({ repos, target, summary, gaps, steps }: Initialised, style: Style): string {
  const width = Math.max(...repos.map(({ key }) => key.length))
  const gapLine = ({ repo, what, remedy }: Gap): string =>
    `${wrapLines(`  ${style.yellow('!')} ${repo === null ? '' : `${style.bold(repo)}: `}${printableLine(what)}. ${printableLine(remedy)}.`, style.width)}\n`
  return [
    `${style.green('✔')} Written: ${printableLine(target)} (${summary})\n`,
    ...repos.map((repo) => `  ${style.bold(repo.key.padEnd(width))}  ${printableLine(aboutOf(repo))}\n`),
    ...(gaps.length === 0 ? [] : ['\nNot found, for you to fill in (its first lines say so, too):\n']),
    ...gaps.map(gapLine),
    '\nRead it, then type:\n',
    ...steps.map(({ command, why }) => `  ${style.dim(`# ${why}`)}\n  ${printableLine(command)}\n`),
  ].join('')
}

/** What was found in it, in a few words. */
function aboutOf({ survey: { npm, gems }, migrations, deploys }: RepoFacts): string {
  const packages = [...(npm?.packages ?? []), ...(gems?.packages ?? [])].filter(({ isPrivate }) => !isPrivate)
  const parts = [
    ...(npm === null ? [] : [npm.manager ?? 'package.json']),
    ...(gems === null ? [] : [gems.gemfile === null ? 'gem' : 'Bundler']),
    ...(packages.length === 0 ? [] : [`packages ${someOf(packages.map(({ name }) => name))}`]),
    ...migrations.map(({ tool }) => `migrations of ${tool}`),
    ...deploys.map(({ from }) => `deploy by ${from}`),
  ]
  return parts.length === 0 ? 'nothing that conduct knows' : parts.join(' · ')
}
