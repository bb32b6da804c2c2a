import { ConductError } from '@conduct/core'

import type { Operation } from '../../model/operation.ts'
import { loadSqlReader } from '../sql/read-sql.ts'
import { loadPython } from './python/load-python.ts'
import { loadDjangoReader } from './read-django.ts'
import { readModels, type ModelsRead, type ModelsSource } from './read-models.ts'
import type { DjangoState } from './state.ts'

export interface DjangoModelsReader {
  readonly readModels: (source: ModelsSource) => ModelsRead
  /** In the order of their names, from what `state` has on. */
  readonly readMigrations: (
    files: readonly { readonly path: string; readonly text: string }[],
    state: DjangoState,
  ) => readonly Operation[]
}

/** Null where the parser is not installed: then lines are compared. */
export async function loadDjangoModelsReader(): Promise<DjangoModelsReader | null> {
  const sql = await loadSqlReader()
  try {
    const [parse, django] = await Promise.all([loadPython(), loadDjangoReader(sql)])
    return {
      readModels: (source) => readModels({ parse, sql }, source),
      readMigrations: (files, state) =>
        files.flatMap(({ path, text }) => django.readMigration({ file: path, text }, state).operations),
    }
  } catch (error) {
    if (error instanceof ConductError && error.code === 'READER_MISSING') return null
    throw error
  }
}
