/** What a migration's file says of itself by its name, in the ways of the tools that read such folders. */
export interface FileIdentity {
  readonly file: string
  /** Absent for a repeatable one. */
  readonly version?: string
  readonly name: string
  /** The library that it was copied from (`….engine_name.rb`). */
  readonly origin?: string
  /** Within which its version counts, where that is not the whole repository: the app of Django. */
  readonly scope?: string
}

/** `shop/migrations/0002_note.py`, each app for itself. */
const django = /(?:^|\/)([^/]+)\/migrations\/((\d+)_\w+)\.py$/
/** `migrations/20260102030405_note.js`, of Knex and of others that name theirs so. */
const javaScript = /(?:^|\/)(?:migrations?|migrate)\/(?:[^/]+\/)*(\d+)[_-]([\w.-]+?)\.[cm]?[jt]s$/
const rails = /^(\d+)_([a-z0-9_]+?)(?:\.([a-z0-9_]+))?\.rb$/
const flyway = /^[VB](\d+(?:[._]\d+)*)__(.+)\.sql$/
const repeatable = /^R__(.+)\.sql$/
/** Of Flyway: run around the others, whenever it runs. */
const callback = /^((?:before|after)[A-Z]\w*?)(?:__.+)?\.sql$/
const numbered = /^(\d+)[_-]?(.*?)(?:\.up)?\.sql$/
const prismaFolder = /^(\d+)_(.+)$/

const undoing = /^U\d+(?:[._]\d+)*__.+\.sql$|\.down\.sql$/

/** Whether it takes a migration back; it never runs on the way up. */
export function isUndoFile(file: string): boolean {
  return undoing.test(file.split('/').at(-1) ?? '')
}

/** @returns null for what is no migration by its name. */
export function identifyFile(file: string): FileIdentity | null {
  const parts = file.split('/')
  const base = parts.at(-1) ?? ''
  const folder = parts.at(-2) ?? ''
  if (base === 'migration.sql') {
    const found = prismaFolder.exec(folder)
    return found === null ? null : { file, version: found[1] ?? '', name: found[2] ?? '' }
  }
  if (isUndoFile(file)) return null
  const ofDjango = django.exec(file)
  if (ofDjango !== null) {
    const [, scope = '', name = '', version = ''] = ofDjango
    return { file, version, name, scope }
  }
  const found = rails.exec(base) ?? flyway.exec(base) ?? numbered.exec(base)
  if (found !== null) {
    const [, version = '', name = '', origin] = found
    return { file, version: version.replaceAll('_', '.'), name, ...(origin === undefined ? {} : { origin }) }
  }
  const ofScript = /\.(?:d|test|spec)\.[cm]?[jt]s$/.test(base) ? null : javaScript.exec(file)
  if (ofScript !== null) return { file, version: ofScript[1] ?? '', name: ofScript[2] ?? '' }
  const again = repeatable.exec(base) ?? callback.exec(base)
  return again === null ? null : { file, name: again[1] ?? '' }
}

/** Numerically, part by part: 9 before 10, 1.2 before 1.10. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one.split('.'), other.split('.')]
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x, y] = [BigInt(a[at] ?? '0'), BigInt(b[at] ?? '0')]
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
