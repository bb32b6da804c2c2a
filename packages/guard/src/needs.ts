import { type LaneConfig, type LanesConfig, matchPaths, splitWords } from '@conduct/config'
import type { Because, Change, Need } from './change.ts'
import { mayBeCommand } from './match-command.ts'
import { shorten } from './shell/read-command.ts'

/**
 * The lanes that a change needs, for which resources, because of which rule and which match.
 *
 * Promise: pure; the same for every order of the change's parts. What could not be resolved counts as a match, and is marked.
 */
export function needs(change: Change, config: Pick<LanesConfig, 'lanes' | 'projects'>): readonly Need[] {
  return [...config.lanes].flatMap(([lane, declared]): Need[] => {
    const because = becauseOf(change, declared)
    return because.length === 0
      ? []
      : [{ lane, resources: resourcesOf(change, declared, config.projects), because }]
  })
}

/** What changes the schema on the sly: which kind of it, and where. */
export interface SmuggledAt {
  readonly kind: string
  readonly place: { readonly file: string; readonly line: number }
}

/**
 * What is smuggled counts as needing the lanes of schema changes: those with batching, for the repositories that they mean.
 */
export function needsWithSmuggled(
  change: Change,
  config: Pick<LanesConfig, 'lanes' | 'projects'>,
  smuggled: readonly SmuggledAt[],
): readonly Need[] {
  const plain = needs(change, config)
  if (smuggled.length === 0) return plain
  const because = smuggled.map(({ kind, place }): Because => ({
    kind: 'smuggled',
    rule: kind,
    match: `${place.file}:${place.line}`,
    isCertain: true,
  }))
  return [...config.lanes].flatMap(([lane, declared]): readonly Need[] => {
    const found = plain.filter((need) => need.lane === lane)
    const { repos } = declared.triggers
    const isMeant = repos === null || change.repo === null || repos.includes(change.repo)
    if (declared.batching === null || !isMeant) return found
    const [need = { lane, resources: resourcesOf(change, declared, config.projects), because: [] }] = found
    return [{ ...need, because: [...need.because, ...because] }]
  })
}

/** Candidates are counted, never enforced. */
export function candidatesHit(
  change: Pick<Change, 'paths'>,
  config: Pick<LanesConfig, 'candidates'>,
): readonly { readonly candidate: string; readonly because: readonly Because[] }[] {
  return [...config.candidates].flatMap(([candidate, { paths }]) => {
    const because = becauseOfPaths(change.paths, paths)
    return because.length === 0 ? [] : [{ candidate, because }]
  })
}

function becauseOf(change: Change, { triggers }: LaneConfig): readonly Because[] {
  const { repos } = triggers
  // A repository that lanes.yaml does not know may be any of those that are meant.
  const isMeant = repos === null || change.repo === null || repos.includes(change.repo)
  const said =
    (kind: Because['kind']) =>
    (text: string): Because => ({
      kind,
      rule: text,
      match: text,
      isCertain: true,
    })
  const flags = [...new Set(change.flags)].filter((flag) => triggers.flags.includes(flag)).map(said('flag'))
  const actions = [...new Set(change.actions)]
    .filter((action) => triggers.actions.includes(action))
    .map(said('action'))
  return [
    ...(isMeant ? becauseOfPaths(change.paths, triggers.paths) : []),
    ...flags.sort(byMatch),
    ...change.commands.flatMap((command) => becauseOfCommand(command, triggers.commands)).sort(byMatch),
    ...actions.sort(byMatch),
  ]
}

function becauseOfPaths(paths: readonly string[], patterns: readonly string[]): readonly Because[] {
  if (patterns.length === 0) return []
  const matches = matchPaths(patterns)
  return [...new Set(paths)]
    .flatMap((path): Because[] => {
      const rule = matches(path)
      return rule === null ? [] : [{ kind: 'path', rule, match: path, isCertain: true }]
    })
    .sort(byMatch)
}

/** The first match of each pattern: one is reason enough. */
function becauseOfCommand(
  { line, reading }: Change['commands'][number],
  patterns: readonly string[],
): readonly Because[] {
  return patterns.flatMap((rule): Because[] => {
    const split = splitWords(rule)
    if (!split.ok) return []
    const found = reading.commands.filter((words) => mayBeCommand(split.words, words))
    const certain = found.find((words) => words.every(({ text }) => text !== null))
    const words = certain ?? found[0]
    if (words !== undefined) {
      const match = words.map(({ said }) => said).join(' ')
      return [{ kind: 'command', rule, match: shorten(match), isCertain: certain !== undefined }]
    }
    const [hidden] = reading.hidden
    return hidden === undefined
      ? []
      : [{ kind: 'command', rule, match: `${shorten(line)} (${hidden})`, isCertain: false }]
  })
}

function resourcesOf(
  change: Change,
  { scope }: LaneConfig,
  projects: readonly string[],
): readonly string[] | null {
  switch (scope) {
    case 'global':
      return ['*']
    case 'repo':
    case 'repo_set':
      return change.repo === null ? null : [change.repo]
    case 'project': {
      const only = projects.length === 1 ? projects[0] : undefined
      const project = change.project ?? only
      return project === undefined ? null : [project]
    }
    default:
      return scope satisfies never
  }
}

function byMatch(one: Because, other: Because): number {
  return one.match < other.match ? -1 : one.match > other.match ? 1 : 0
}
