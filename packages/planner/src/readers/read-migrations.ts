/**
 * The files of a ticket → its operations, each file by the reader of its language, in the order of their versions.
 *
 * Promise: a file that is a migration by its name yields operations. One that no reader here understands is opaque.
 */
import { hashJson } from '@conduct/core'

import { compareVersions, identifyFile } from '../identity/file-identity.ts'
import type { MigrationFile } from '../identity/collisions.ts'
import { compareText } from '../model/compare.ts'
import type { Operation } from '../model/operation.ts'
import type { ReadFile } from '../model/ticket.ts'
import { loadSqlReader } from './sql/read-sql.ts'

export interface SourceFile {
  readonly path: string
  readonly text: string
  /** `added` is what a migration should be; a change of one that others have run already is not read as one. */
  readonly kind: 'added' | 'modified' | 'deleted'
}

export interface ReadMigrations {
  readonly operations: readonly Operation[]
  readonly files: readonly MigrationFile[]
}

export type MigrationReader = (files: readonly SourceFile[], ticket: string | null) => ReadMigrations

/** Whether the planner reads a file: by its name it is a migration. */
export function isMigration(path: string): boolean {
  return identifyFile(path) !== null
}

/** Parsers load now, so that reading itself waits for nothing. */
export async function loadMigrationReader(): Promise<MigrationReader> {
  const readSql = await loadSqlReader()
  const read = ({ path, text, kind }: SourceFile): ReadFile => {
    if (kind !== 'added') {
      return opaque(path, `${kind === 'modified' ? 'changes' : 'removes'} a migration that is on the base`)
    }
    return path.endsWith('.sql') ? readSql({ file: path, text }) : opaque(path, 'no reader for its language')
  }
  return (files, ticket) => {
    const known = files.flatMap((file) => {
      const identity = identifyFile(file.path)
      return identity === null ? [] : [{ file, identity }]
    })
    known.sort(
      (one, other) =>
        // Those that run again and again run last.
        compareVersions(one.identity.version ?? lastVersion, other.identity.version ?? lastVersion) ||
        compareText(one.file.path, other.file.path),
    )
    return {
      operations: known.flatMap(({ file }) => read(file).operations),
      files: known
        .filter(({ file }) => file.kind === 'added')
        .map(({ file, identity }) => ({ ...identity, ticket, contentKey: hashJson(file.text.trim()) })),
    }
  }
}

const lastVersion = '9'.repeat(40)

function opaque(file: string, reason: string): ReadFile {
  const operation: Operation = {
    kind: 'opaque',
    reason,
    touches: 'anything',
    confidence: 'opaque',
    place: { file, line: 1 },
  }
  return { file, operations: [operation], coverage: { resolved: 0, total: 1 } }
}
