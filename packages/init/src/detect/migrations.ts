/** Where a repository changes its schema: by the names that the planner knows, and by what lies beside them. */
import type { Survey } from '@conduct/ecosystems'
import { identifyFile } from '@conduct/planner'
import type { MigrationFact, SourceTree } from '../facts.ts'
import { groupByTool, type Signs } from './migration-tools.ts'

const notOurs =
  /(?:^|\/)(?:node_modules|vendor|fixtures?|__fixtures__|tests?|specs?|__tests__|testdata|examples?|templates?|docs?)\//

export async function findMigrations(tree: SourceTree, survey: Survey): Promise<readonly MigrationFact[]> {
  const paths = tree.files.map(({ path }) => path).filter((path) => !notOurs.test(path))
  const signs: Signs = {
    files: new Set(paths),
    npm: new Set([...(survey.npm?.needs ?? []), ...survey.needsBeside].map(({ name }) => name)),
    gems: new Set(survey.gems?.needs.map(({ name }) => name)),
  }
  const candidates = paths.filter(
    (path) => identifyFile(path) !== null || isAlembic(path, signs) || isPrismaSchema(path),
  )
  return groupByTool(candidates, signs)
}

/** Alembic names its revisions by hashes. */
function isAlembic(path: string, { files }: Signs): boolean {
  const found = /^(.*\/)?versions\/[^/]+\.py$/.exec(path)
  return found !== null && (files.has(`${found[1] ?? ''}env.py`) || files.has('alembic.ini'))
}

/** A schema that has no migration yet will have one. */
function isPrismaSchema(path: string): boolean {
  return /(?:^|\/)prisma\/schema\.prisma$/.test(path)
}
