import { describeStoreUrl } from '@conduct/lanes/engine'
import type { Estate } from '@conduct/rehearsal'
import type { Style } from '../output/style.ts'
import { quoteWord } from '../quote-word.ts'
import { estateEnv } from './estate-env.ts'

/** Where everything is, and commands worth trying in it. */
export function tourText(options: {
  readonly estate: Estate
  readonly launcher: string
  readonly run: string | null
  readonly stop: string
  readonly style: Style
}): string {
  const { estate, launcher, run, style } = options
  const consumer = estate.consumers[0]?.name ?? estate.producer
  const places = [
    ['lanes.yaml', estate.lanesYamlPath],
    ['store', describeStoreUrl(estate.storeUrl)],
    ['registry', estate.registryUrl],
    ...(estate.gem === null ? [] : [['gems', estate.gem.url] as const]),
    ...(estate.people === null ? [] : [['forge', estate.people.forgeUrl] as const]),
    ...estate.consumers.map(({ name }) => [name, `${estate.platformUrl}/apps/${name}/version`] as const),
    ...Object.entries(estate.remotes).map(([name, remote]) => [`${name}.git`, pathOf(remote)] as const),
  ] as const
  const tries = [
    ['who is behind, who holds what', `${launcher} status`],
    ...(run === null ? [] : [['what the run did', `${launcher} report ${run}`] as const]),
    ['every decision about the lane, replayed', `${launcher} lane history release_train --verify`],
    ['the commit that adopted the release', `git -C ${pathOf(estate.remotes[consumer])} log -p -1 main`],
    ['what the app answers', `curl -s ${estate.platformUrl}/apps/${consumer}/version`],
    ['nothing left to do is said, not done', `${launcher} plan engine`],
  ] as const
  return [
    '',
    `${style.bold('The estate stays')} in ${estate.dir}; its servers end by themselves in an hour.`,
    ...places.map(([name, place]) => `  ${name.padEnd(10)}  ${place}`),
    ...storyOf(estate, style),
    style.bold('Try'),
    ...exportsOf(estate).map((line) => `  ${line}`),
    ...tries.map(([does, command]) => `  ${style.dim(`# ${does}`)}\n  ${command}`),
    '',
  ].join('\n')
}

/** Who had to act, and who could not come along. */
function storyOf({ people, leftOut, consumers, gem }: Estate, style: Style): readonly string[] {
  const away = awayLines({ leftOut }).map((line) => `  ${line}`)
  if (people === null) return away
  const bundled = namesOf(consumers, ({ manager }) => manager === 'bundler')
  const dispatched = namesOf(consumers, ({ deploysBy }) => deploysBy === 'workflow')
  const guarded = namesOf(consumers, ({ isProtected }) => isProtected === true)
  return [
    style.bold('What happened'),
    `  ana conducts. Nobody approves their own plan here: ${people.approver} signed it with ${people.keyFile}.`,
    `  The packages were staged; a maintainer let them out with their second factor (${people.otp}).`,
    `  main of ${guarded} is protected: adopted by pull request, merged once the required check was green.`,
    ...(gem === null
      ? []
      : [`  The gem ${gem.name} ${gem.to} went to a gem server; ${bundled} took it with Bundler.`]),
    ...(dispatched === ''
      ? []
      : [`  ${dispatched} was deployed by a workflow at the forge; the others by their own command.`]),
    ...away,
  ]
}

/** A rehearsal of fewer apps than were promised says so. */
export function awayLines({ leftOut }: Pick<Estate, 'leftOut'>): readonly string[] {
  return leftOut.map(({ name, why }) => `left out: ${name} (${why})`)
}

function namesOf(
  consumers: Estate['consumers'],
  isMeant: (consumer: Estate['consumers'][number]) => boolean,
): string {
  return consumers
    .filter(isMeant)
    .map(({ name }) => name)
    .join(' and ')
}

/** What the commands below need in a new shell. */
function exportsOf(estate: Estate): readonly string[] {
  return Object.entries(estateEnv(estate)).map(([name, value]) => `export ${name}=${quoteWord(value)}`)
}

/** A store that is shared keeps what a rehearsal wrote: what other estates have in it is none of our business. */
export function leftText({
  store,
  estateName,
}: {
  readonly store: string
  readonly estateName: string
}): string {
  return `Its records stay in ${describeStoreUrl(store)}, under the estate ${estateName}.\n`
}

function pathOf(remote: string | undefined): string {
  return (remote ?? '').replace(/^file:\/\//, '')
}
