import type { SurveyedPackage } from '@conduct/ecosystems'
import type { ProposedConsumer, ProposedTrain } from '../propose/trains.ts'
import { namesOf } from '../propose/trains.ts'
import { deployLines } from './deploy.ts'
import { comment, indented, list, proposed, remarked, scalar } from './page.ts'

export function trainLines(train: ProposedTrain): readonly string[] {
  const { producer, consumers, isSure } = train
  const lines = [
    `${scalar(producer.key)}:`,
    ...indented(
      [
        'producer:',
        ...indented([`repo: ${scalar(producer.key)}`, ...publishLines(train)], 2),
        ...(consumers.length === 0 ? [] : ['consumers:', ...indented(consumers.flatMap(consumerLines), 2)]),
      ],
      2,
    ),
  ]
  if (isSure) return [...aboutLines(train), ...lines]
  return [
    ...comment(
      `${producer.key} could publish ${namesOf(train.packages)}: nothing says that it does. If it is an app, write private: true into its manifest; if it is a library:`,
    ),
    ...proposed(lines),
  ]
}

function aboutLines({ producer, packages, consumers }: ProposedTrain): readonly string[] {
  if (packages.length === 0) {
    return comment(`${producer.key} is no library: this train only deploys it, one commit at a time.`)
  }
  const users = consumers.filter(({ needs }) => needs.length > 0).map(({ repo }) => repo.key)
  const needed = users.length === 0 ? '' : `; ${users.join(', ')} ${users.length === 1 ? 'needs' : 'need'} it`
  return comment(
    `${producer.key} publishes ${namesOf(packages)}${needed}. The version is the one in the manifest: conduct never raises it.`,
  )
}

function publishLines({ packages, producer }: ProposedTrain): readonly string[] {
  if (packages.length === 0) return ['publish: []']
  const [workflow] = producer.publishing
  const ecosystems = new Set(packages.map(({ ecosystem }) => ecosystem))
  const byWorkflow = workflow === undefined ? null : `publish: { workflow: ${scalar(workflow.file)} }`
  if (workflow?.problem === null && byWorkflow !== null) {
    return [
      ...comment(`${workflow.file} publishes: it is dispatched, watched, and its result compared.`),
      byWorkflow,
    ]
  }
  return [
    ...(byWorkflow === null || workflow === undefined
      ? []
      : [
          ...comment(
            `${workflow.file} publishes, too, and can take over once this is changed: ${workflow.problem ?? ''}.`,
          ),
          ...proposed([byWorkflow]),
        ]),
    ...packageLines(packages, { isOneOfTwo: ecosystems.size > 1 }),
  ]
}

/**
 * Without a list, the manifests say what is published; with two kinds of them, a list has to. A registry of theirs is
 * only proposed: naming it here gives it tokens, which nothing but a manifest asked for.
 */
function packageLines(
  packages: readonly SurveyedPackage[],
  { isOneOfTwo }: { readonly isOneOfTwo: boolean },
): readonly string[] {
  const isElsewhere = packages.some(({ registry }) => registry !== null)
  const why = 'Where to, the manifests say. Tokens of your environment go there only if it is named here, too'
  if (!isOneOfTwo) {
    const lines = packages.map(({ name, registry }) =>
      registry === null
        ? `- { package: ${scalar(name)} }`
        : `- { package: ${scalar(name)}, registry: ${scalar(registry)} }`,
    )
    return isElsewhere ? [...comment(`${why}:`), ...proposed(['publish:', ...indented(lines, 2)])] : []
  }
  const lines = packages.flatMap(({ name, ecosystem, registry }) => {
    const line = `- { package: ${scalar(name)}, ecosystem: ${ecosystem} }`
    return registry === null ? [line] : remarked(line, `registry: ${scalar(registry)}`)
  })
  return [...(isElsewhere ? comment(`${why}.`) : []), 'publish:', ...indented(lines, 2)]
}

function consumerLines({ repo, needs }: ProposedConsumer): readonly string[] {
  const inside =
    needs.length === 0
      ? [
          ...remarked('adopt: none', 'it is what the train is about: there is nothing to adopt'),
          ...deployLines(repo),
        ]
      : [...adoptLines({ repo, needs }), ...deployLines(repo)]
  return [`- repo: ${scalar(repo.key)}`, ...indented(inside, 2)]
}

function adoptLines({ repo: { survey }, needs }: ProposedConsumer): readonly string[] {
  const { npm, gems } = survey
  const managers = [
    ...(needs.some(({ ecosystem }) => ecosystem === 'npm') && npm?.isLocked === true
      ? [npm.manager ?? '']
      : []),
    ...(needs.some(({ ecosystem }) => ecosystem === 'rubygems') && gems?.lockfile != null ? ['bundler'] : []),
  ].map((manager) => manager.replace('yarn-classic', 'yarn'))
  const asked = [...new Set(needs.map(({ file, name, reference }) => `${file}: ${name} ${reference}`.trim()))]
  const why = asked.length > 1 ? `${asked[0] ?? ''} and ${asked.length - 1} more` : (asked[0] ?? '')
  const [only, ...others] = managers
  // With two lockfiles each package is adopted by the one that names it; without any, nothing is known yet.
  if (only === undefined || others.length > 0) return comment(why)
  return remarked(`adopt: { manager: ${list([only]).slice(1, -1)} }`, why)
}
