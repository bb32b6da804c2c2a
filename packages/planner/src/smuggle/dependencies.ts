import { identifyFile } from '../identity/file-identity.ts'
import type { ChangedText, Smuggled } from './signal.ts'

/** Libraries that are known to bring migrations along with new versions, by the name in a lock file. */
const knownToMigrate: readonly RegExp[] = [
  /^(?:activestorage|actiontext|actionmailbox|good_job|solid_(?:queue|cache|cable|errors))$/,
  /^(?:delayed_job_active_record|que|doorkeeper|ahoy_matey|acts-as-taggable-on|thredded|mobility)$/,
  /^(?:spree|solidus|refinerycms|alchemy|camaleon|forem|decidim)(?:[_-]\w+)*$/,
  /^(?:graphile-worker|pg-boss|@payloadcms\/.+)$/,
  /^(?:django|wagtail)(?:[-_.]\w+)*$/i,
]

interface Dependency {
  readonly version: string
  readonly line: number
}

type ReadDependencies = (text: string) => ReadonlyMap<string, Dependency>

const readers: readonly (readonly [path: RegExp, read: ReadDependencies])[] = [
  [/(?:^|\/)(?:Gemfile|gems)\.(?:lock|locked)$/, (text) => linesWith(text, /^ {4}([\w.-]+) \(([^)]+)\)$/)],
  [/(?:^|\/)requirements[\w.-]*\.txt$/, (text) => linesWith(text, /^([\w.-]+)(?:\[.*\])?==([^\s;]+)/)],
  [/(?:^|\/)package\.json$/, (text) => linesWith(text, /^\s*"([^"]+)":\s*"([^"]*\d[^"]*)",?$/)],
]

export function isDependencyFile(path: string): boolean {
  return readers.some(([pattern]) => pattern.test(path))
}

/**
 * Libraries that came, went or changed their version, and are known to bring migrations: by their name, or since the app has
 * migrations that were copied from them.
 */
export function dependencyBumps(
  changes: readonly ChangedText[],
  origins: readonly string[],
): readonly Smuggled[] {
  const copied = new Set(changes.flatMap(({ path, after }) => (after === null ? [] : originOf(path))))
  const known = new Set([...origins, ...copied].map(plain))
  return changes.flatMap(({ path, before, after }): Smuggled[] => {
    const read = readers.find(([pattern]) => pattern.test(path))?.[1]
    if (read === undefined || after === null) return []
    const [old, now] = [read(before ?? ''), read(after)]
    return [...now].flatMap(([name, { version, line }]): Smuggled[] => {
      const from = old.get(name)?.version
      if (from === version || !(known.has(plain(name)) || knownToMigrate.some((each) => each.test(name))))
        return []
      const came =
        from === undefined ? `${name} ${version} is new` : `${name} goes from ${from} to ${version}`
      const isCopied = [...copied].some((each) => plain(each) === plain(name))
      return [
        {
          kind: 'dependency_migrations',
          place: { file: path, line },
          why: isCopied
            ? `${came}, and migrations of it are copied here.`
            : `${came}; it brings migrations of its own, and none of them is here.`,
          remedy: isCopied
            ? 'Take the migration lane for it: its migrations are schema changes like any other.'
            : 'Look into its change log; copy its migrations in this change, under the migration lane.',
        },
      ]
    })
  })
}

function originOf(path: string): readonly string[] {
  const origin = identifyFile(path)?.origin
  return origin === undefined ? [] : [origin]
}

/** `active_storage`, the origin, is `activestorage`, the gem. */
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

function linesWith(text: string, pattern: RegExp): ReadonlyMap<string, Dependency> {
  const found = new Map<string, Dependency>()
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const [, name, version] = pattern.exec(line) ?? []
    if (name !== undefined && version !== undefined) found.set(name, { version, line: at + 1 })
  }
  return found
}
