/** What was found → lanes.yaml, with the reasons in comments. */
import type { Gap, InitFacts } from '../facts.ts'
import { proposeMigrationLanes } from '../propose/migration-lanes.ts'
import { proposeTrains, publicPackages } from '../propose/trains.ts'
import { migrationLaneLines, releaseLaneLines } from './lanes.ts'
import { comment, indented, proposed, remarked, scalar } from './page.ts'
import { repoLines } from './repos.ts'
import { trainLines } from './trains.ts'

export interface WrittenLanesYaml {
  readonly text: string
  readonly lanes: readonly string[]
  readonly trains: readonly string[]
  readonly gaps: readonly Gap[]
}

/** Promise: the text has no errors for `conduct check`, whatever the names in the facts are. */
export function writeLanesYaml(facts: InitFacts): WrittenLanesYaml {
  const { estate, person, repos } = facts
  const { trains, gaps: trainGaps } = proposeTrains(repos)
  const migrationLanes = proposeMigrationLanes(repos)
  const sureTrains = trains.filter(({ isSure }) => isSure)
  const options = { captain: person.key, repos }
  const gaps = [...repos.flatMap((repo) => repo.gaps), ...trainGaps, ...deployGaps(facts, sureTrains.length)]
  const laneBlocks = [
    ...migrationLanes.map((lane) => migrationLaneLines(lane, options)),
    ...(sureTrains.length > 0 ? [releaseLaneLines(sureTrains, options)] : []),
    ...(sureTrains.length === 0 && trains.length > 0 ? [proposed(releaseLaneLines(trains, options))] : []),
  ]
  const lanes = [
    ...migrationLanes.filter(({ isSure }) => isSure).map(({ name }) => name),
    ...(sureTrains.length === 0 ? [] : ['release_train']),
  ]
  const isPublished = (key: string): boolean =>
    sureTrains.some(({ producer, packages }) => producer.key === key && packages.length > 0)
  const lines = [
    ...headLines(gaps),
    '',
    'version: 1',
    ...remarked(
      `estate: ${scalar(estate)}`,
      'names the store: another lanes.yaml of yours needs another name',
    ),
    '',
    ...comment(
      'Who captains, approves and holds. Whoever is alone here may approve their own runs; with two, not by default.',
    ),
    'people:',
    ...indented(personLines(facts), 2),
    '',
    'repos:',
    ...indented(
      repos.flatMap((repo) => repoLines(repo, { isPublished: isPublished(repo.key) })),
      2,
    ),
    '',
    ...comment('What may happen only one at a time, and what asks for it. Everything else runs in parallel.'),
    ...blocks('lanes', laneBlocks, lanes.length === 0),
    ...(trains.length === 0
      ? []
      : ['', ...blocks('trains', trains.map(trainLines), sureTrains.length === 0)]),
  ]
  return {
    text: `${lines.join('\n')}\n`,
    lanes,
    trains: sureTrains.map(({ producer }) => producer.key),
    gaps,
  }
}

/** A key whose entries are all proposals holds nothing; they stand below it, as they would. */
function blocks(key: string, all: readonly (readonly string[])[], isEmpty: boolean): readonly string[] {
  const inside = all.flatMap((block, at) => [...(at === 0 ? [] : ['']), ...indented(block, 2)])
  if (!isEmpty) return [`${key}:`, ...inside]
  if (all.length > 0) return [`${key}: {}  # take the {} away with the first "# "`, ...inside]
  return [
    `${key}: {}`,
    ...indented(
      [
        ...comment('Nothing was found that needs one. What two people must not do at once is one, as in:'),
        ...[
          'docs_site:',
          '  purpose: The site is published by one at a time.',
          '  triggers: { paths: ["docs/**"] }',
        ].map((line) => `# ${line}`),
      ],
      2,
    ),
  ]
}

function headLines(gaps: readonly Gap[]): readonly string[] {
  return [
    ...comment(
      'Written by conduct init on what it found, and yours from now on: init never writes over it. What could be told counts; what could only be guessed is behind a "# ". conduct check says what is wrong with it, and conduct check --effective prints it with every default filled in.',
    ),
    ...(gaps.length === 0
      ? []
      : [
          '#',
          ...comment('Not found, for you to fill in:'),
          ...gaps.flatMap(({ repo, what, remedy }) =>
            comment(`- ${repo === null ? '' : `${repo}: `}${what}. ${remedy}.`, 0, '  '),
          ),
        ]),
  ]
}

function personLines({ person: { key, name, forge, agent } }: InitFacts): readonly string[] {
  const value = forge === null ? '{}' : `{ forge: ${scalar(forge)} }`
  const who = name === null ? 'you' : agent === null ? `${name}, who wrote this file` : name
  return [
    ...remarked(`${scalar(key)}: ${value}`, `${who}; git config conduct.person says who types`),
    ...(agent === null
      ? []
      : remarked(
          `${scalar(agent)}: { kind: agent }`,
          'wrote this file; may hold, queue and ask, and never approves',
        )),
  ]
}

function deployGaps({ repos }: InitFacts, trainCount: number): readonly Gap[] {
  if (trainCount === 0) {
    return [
      {
        repo: null,
        what: 'No train: nothing here publishes a package or is deployed, as far as files tell',
        remedy: 'Write one under trains, if releases travel between these repositories',
      },
    ]
  }
  return repos.flatMap((repo): readonly Gap[] => {
    const [guessed] = repo.deploys
    if (guessed === undefined) {
      const remedy = 'Write deploy, with previous and verify: until then its releases end with the adoption'
      return publicPackages(repo).length > 0 ? [] : [{ repo: repo.key, what: 'How it is deployed', remedy }]
    }
    if (repo.deploys.some(({ isSure }) => isSure)) return []
    const remedy = 'Correct its deploy, and take the "# " away: until then a run dispatches nothing'
    return [{ repo: repo.key, what: `How ${guessed.from} is called was guessed`, remedy }]
  })
}
