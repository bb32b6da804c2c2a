/**
 * The files of a ticket → its operations, each file by the reader of its language, in the order of their versions.
 *
 * Promise: a file that is a migration by its name yields operations. One that no reader here understands is opaque.
 */
import { hashJson } from '@conduct/core'

import type { MigrationFile } from '../identity/collisions.ts'
import { identifyFile, type FileIdentity } from '../identity/file-identity.ts'
import type { Operation } from '../model/operation.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, openSchema, type Schema } from '../schema/schema.ts'
import { isDefinition, isLockfile, isMigration, isPrismaSchema, isSchemaFile } from './file-kinds.ts'
import { compareFiles } from './in-order.ts'
import { railsOfLockfile } from './rails/dump-style.ts'
import { withImpliedRenames } from './rails/implied-renames.ts'
import { DjangoState } from './django/state.ts'
import { readPrisma } from './prisma/read-prisma.ts'
import {
  afterDependencies,
  asOn,
  loadLanguages,
  readText,
  type ReadText,
  type SqlEngine,
} from './languages.ts'

export interface SourceFile {
  readonly path: string
  readonly text: string
  /** `added` is what a migration should be; a change of one that others have run already is not read as one. */
  readonly kind: 'added' | 'modified' | 'deleted'
}

export interface BaseRead {
  readonly schema: Schema
  /** What stands in the way of knowing it; null when it is known. */
  readonly problem: string | null
  readonly files: readonly MigrationFile[]
}

export interface TicketRead {
  readonly operations: readonly Operation[]
  readonly files: readonly MigrationFile[]
}

export interface MigrationReader {
  /** From the one schema file there is, else from all migrations, one after another. */
  readonly readBase: (files: readonly SourceFile[]) => BaseRead
  /** What a schema file says. */
  readonly readSchema: (file: SourceFile) => readonly Operation[]
  readonly readTicket: (ticket: string, files: readonly SourceFile[], base: Schema) => TicketRead
}

/**
 * Loads the parsers that these files need, and no other.
 *
 * @throws ConductError READER_MISSING  one is not installed.
 */
export async function loadMigrationReader(
  paths: readonly string[],
  { engine = 'postgres' }: { readonly engine?: SqlEngine } = {},
): Promise<MigrationReader> {
  const languages = await loadLanguages(paths, engine)
  const { sql, plainSql, rails } = languages
  const readOne = (
    { path: file, text, kind }: SourceFile,
    state: DjangoState,
    textOf: (path: string) => string | null,
  ): ReadText => {
    if (kind !== 'added') {
      return opaque(file, `${kind === 'modified' ? 'changes' : 'removes'} a migration that is on the base`)
    }
    return (
      readText(
        languages,
        { file, text, textOf, ...(railsVersion === null ? {} : { rails: railsVersion }) },
        state,
      ) ?? opaque(file, 'no reader for its language')
    )
  }
  /** What a migration means that does not say its version. */
  let railsVersion: number | null = null
  /** SQL that migrations of the base run from files of their own. */
  let definitionsOnBase: readonly SourceFile[] = []
  /** What the migrations of the base make of Django's models: each ticket goes on from there. */
  const onBase = new DjangoState(undefined, engine)
  const readAll = (
    files: readonly SourceFile[],
    ticket: string | null,
    state = new DjangoState(onBase),
  ): TicketRead => {
    const sorted = afterDependencies(
      languages,
      inOrder(files).map((each) => each.file),
    )
    const given = files.filter((each) => isDefinition(each.path))
    const texts = new Map([...definitionsOnBase, ...given].map((each) => [each.path, each.text]))
    const textOf = (path: string): string | null => texts.get(path) ?? null
    const found = inFileOrder(sorted).map((each) => ({ ...each, read: readOne(each.file, state, textOf) }))
    const rewritten = given
      .filter((each) => each.kind === 'modified')
      .flatMap((each) => opaque(each.path, 'changes SQL that a migration on the base has run').operations)
    return {
      operations: [...found.flatMap(({ read }) => read.operations), ...rewritten],
      files: found
        .filter(({ file }) => file.kind === 'added')
        .map(({ file, identity, read: { className } }) => ({
          ...identity,
          ticket,
          contentKey: hashJson(file.text.trim()),
          ...(className === null ? {} : { className }),
        })),
    }
  }
  const readSchema = ({ path: file, text }: SourceFile): readonly Operation[] =>
    isPrismaSchema(file)
      ? readPrisma(sql, { file, text }).operations
      : file.endsWith('.sql')
        ? plainSql({ file, text }).operations
        : asOn(
            engine,
            rails?.readSchema({ file, text, ...(railsVersion === null ? {} : { rails: railsVersion }) })
              .operations ?? [],
          )
  return {
    readSchema,
    readBase: (files) => {
      const [dump, ...others] = files.filter((each) => isSchemaFile(each.path))
      railsVersion = railsVersionOf(files)
      definitionsOnBase = files.filter((each) => isDefinition(each.path))
      const migrations = readAll(
        files.filter((each) => isMigration(each.path)),
        null,
        onBase,
      )
      // The tables of Django's own apps, and of others, come from migrations that are not in the repository.
      const isOpen = languages.django !== null
      const isDumped = dump !== undefined && others.length === 0
      const [models, ...moreModels] = files.filter((each) => isPrismaSchema(each.path))
      // Where the app has no migrations yet, its models say what there is.
      const isDeclared =
        !isDumped && migrations.files.length === 0 && models !== undefined && moreModels.length === 0
      const operations = isDumped ? readSchema(dump) : isDeclared ? readSchema(models) : migrations.operations
      return {
        ...schemaFrom(operations, isOpen ? openSchema : emptySchema),
        files: migrations.files,
      }
    },
    readTicket: (ticket, files, base) => {
      const read = readAll(files, ticket)
      const isRails = files.some((each) => each.path.endsWith('.rb'))
      if (!isRails) return read
      const ran = {
        ...(railsVersion === null ? {} : { rails: railsVersion }),
        adapter: engine === 'mysql' ? 'mysql' : 'postgresql',
      } as const
      return { ...read, operations: withImpliedRenames(base, read.operations, ran) }
    },
  }
}

function schemaFrom(operations: readonly Operation[], start: Schema): Pick<BaseRead, 'schema' | 'problem'> {
  if (operations.length === 0) return { schema: openSchema, problem: 'there is nothing to read it from' }
  const applied = applyOperations(start, operations)
  if (applied.outcome === 'applied') return { schema: applied.schema, problem: null }
  const { file, line } = applied.place
  return { schema: openSchema, problem: `${applied.problem} (${file}:${line})` }
}

/** Of the Rails that the app has: a dump without a version was written by it. */
function railsVersionOf(files: readonly SourceFile[]): number | null {
  const lockfile = files.find((each) => isLockfile(each.path))
  return lockfile === undefined ? null : railsOfLockfile(lockfile.text)
}

interface Identified {
  readonly file: SourceFile
  readonly identity: FileIdentity
}

/** By version; those that run again and again run last. */
function inOrder(files: readonly SourceFile[]): readonly Identified[] {
  return inFileOrder(files.toSorted(compareFiles))
}

function inFileOrder(files: readonly SourceFile[]): readonly Identified[] {
  return files.flatMap((file): Identified[] => {
    const identity = identifyFile(file.path)
    return identity === null ? [] : [{ file, identity }]
  })
}

function opaque(file: string, reason: string): ReadText {
  const operation: Operation = {
    kind: 'opaque',
    reason,
    touches: 'anything',
    confidence: 'opaque',
    place: { file, line: 1 },
  }
  return { operations: [operation], className: null }
}
