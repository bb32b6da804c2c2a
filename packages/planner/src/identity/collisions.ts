import { compareText } from '../model/compare.ts'
import type { FileIdentity } from './file-identity.ts'

export interface MigrationFile extends FileIdentity {
  /** The ticket that brings it; null for one that is on base. */
  readonly ticket: string | null
  /** Equal for two files that say the same. */
  readonly contentKey: string
  readonly className?: string
}

export interface Collision {
  readonly rule: 'same_version' | 'same_class' | 'same_origin' | 'same_content'
  /** What they share. */
  readonly value: string
  readonly files: readonly { readonly ticket: string | null; readonly file: string }[]
}

/**
 * Files of different tickets (or of a ticket and the base) that cannot both stand, whatever they do: one version or class name
 * twice, one migration of a library copied twice, one text under two names. A file that a branch has from base is no collision.
 */
export function findCollisions(files: readonly MigrationFile[]): readonly Collision[] {
  const keys: Readonly<Record<Collision['rule'], (file: MigrationFile) => string | undefined>> = {
    same_version: (file) => (file.scope === undefined ? file.version : scoped(file.scope, file.version)),
    same_class: (file) => file.className,
    same_origin: (file) => (file.origin === undefined ? undefined : `${file.name}.${file.origin}`),
    same_content: (file) => file.contentKey,
  }
  const rules: readonly Collision['rule'][] = ['same_version', 'same_class', 'same_origin', 'same_content']
  return rules.flatMap((rule) => {
    const groups = Map.groupBy(files, keys[rule])
    return [...groups]
      .flatMap(([value, members]): Collision[] => {
        if (value === undefined || !isCollision(members)) return []
        const shared = members.map(({ ticket, file }) => ({ ticket, file }))
        return [{ rule, value, files: shared.sort((one, other) => compareText(keyed(one), keyed(other))) }]
      })
      .sort((one, other) => compareText(one.value, other.value))
  })
}

function scoped(scope: string, version: string | undefined): string | undefined {
  return version === undefined ? undefined : `${version} of ${scope}`
}

function isCollision(members: readonly MigrationFile[]): boolean {
  const distinct = new Set(members.map((each) => `${each.file}\n${each.contentKey}`))
  return distinct.size > 1 && new Set(members.map((each) => each.ticket)).size > 1
}

function keyed({ ticket, file }: { readonly ticket: string | null; readonly file: string }): string {
  return `${ticket ?? ''} ${file}`
}
