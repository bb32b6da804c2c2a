/**
 * The raw file (snake case, texts with units) → LanesConfig with every default and preset filled in.
 * Only called for files without errors; what the findings exclude is an invariant here.
 */
import { presets, trainActions } from './defaults.ts'
import { decodeLane } from './lane-wire.ts'
import type { LanesConfig, Person, Repo } from './lanes-config.ts'
import type { RawFile, RawLane, RawPerson, RawRepo } from './schema/file.ts'
import { decodeTrain } from './train-wire.ts'
import { decodeCommand, decodeCommands, mapValues } from './value-wire.ts'

export function decode(raw: RawFile): LanesConfig {
  const people = mapValues(raw.people, decodePerson)
  const store = raw.store ?? 'sqlite'
  const context = { people, isGitStore: isGitStore(store), isAlone: isAlone(people) }
  const lanes = mapValues(raw.lanes, (lane) => decodeLane(lane, context))
  const soleLane = lanesThatCarryTrains(raw.lanes)[0]
  return {
    estate: raw.estate,
    store,
    projects: raw.projects ?? [raw.estate],
    people,
    repos: mapValues(raw.repos, decodeRepo),
    lanes,
    candidates: mapValues(raw.candidates ?? {}, (candidate) => ({
      paths: candidate.paths ?? [],
      incidents: candidate.incidents ?? [],
    })),
    trains: mapValues(raw.trains ?? {}, (train) => decodeTrain(train, soleLane)),
    tasks: raw.tasks ?? null,
    notify:
      raw.notify === undefined
        ? null
        : 'url' in raw.notify
          ? { url: raw.notify.url }
          : { command: decodeCommand(raw.notify.command) },
  }
}

/** "Alone" means the only person in `people` who is no agent. */
function isAlone(people: ReadonlyMap<string, Person>): boolean {
  return [...people.values()].filter((person) => person.kind === 'person').length === 1
}

export function isGitStore(store: string): boolean {
  return store.startsWith('git+')
}

function lanesThatCarryTrains(lanes: Readonly<Record<string, RawLane>>): readonly string[] {
  return Object.entries(lanes)
    .filter(([, lane]) => {
      const preset: RawLane = lane.use === undefined ? {} : presets[lane.use]
      const carried = lane.triggers?.actions ?? preset.triggers?.actions ?? []
      return carried.some((action) => trainActions.includes(action))
    })
    .map(([name]) => name)
}

function decodePerson(raw: RawPerson): Person {
  return { kind: raw.kind ?? 'person', signingKey: raw.signing_key ?? null, forge: raw.forge ?? null }
}

function decodeRepo(raw: RawRepo): Repo {
  return {
    remote: raw.remote,
    path: raw.path ?? null,
    main: raw.main ?? null,
    forge: decodeForge(raw.forge),
    setup: decodeCommands(raw.setup),
    checks: decodeCommands(raw.checks),
    env: raw.env ?? [],
  }
}

function decodeForge(raw: RawRepo['forge']): Repo['forge'] {
  if (raw === undefined) return null
  if (raw === 'none') return { kind: 'none' }
  return raw === 'github' ? { kind: 'github', url: null } : { kind: 'github', url: raw.github }
}
