import { versionOfOldSchema } from './schema/version-rules.ts'

/**
 * The version of Rails that dumped a schema file which does not say it (they do since 7.0), by how it is written. Each dump is written
 * anew as a whole, so that one sign is enough.
 */
export function railsOfDump(text: string): number {
  const tables = /^\s*create_table\b.*$/gm
  const heads = text.match(tables) ?? []
  if (heads.length === 0) return versionOfOldSchema
  if (heads.some((head) => /:force\s*=>/.test(head))) return 3.2
  if (heads.some((head) => /\bforce:\s*true\b/.test(head))) return 4.1
  // Indexes stand inside of their tables since 5.0.
  return /^\s*add_index\b/m.test(text) && !/^\s*t\.index\b/m.test(text) ? 4.2 : versionOfOldSchema
}

/** Of `Gemfile.lock`; null where it names none. */
export function railsOfLockfile(text: string): number | null {
  const [, version] = /^ {4}(?:activerecord|rails) \((\d+\.\d+)/m.exec(text) ?? []
  return version === undefined ? null : Number(version)
}
