import { compareFiles, identifyFile, type LayoutTools, type SourceFile } from '@conduct/planner'
import type { Sides, VerifyStep } from './verify-batch.ts'
import type { WrittenSources } from './written-sources.ts'

/** Each file as a migration tool runs it: in one transaction, or statement by statement where it holds what has none. */
export function sqlSides(sources: WrittenSources, tools: LayoutTools, major: number): Sides {
  const step = (name: string, files: readonly SourceFile[]): VerifyStep => ({
    name,
    run: async (database) => {
      for (const file of inOrder(files)) {
        const problem = await database.run(statementsOf(file, tools, major))
        if (problem !== null) return `${file.path}: ${problem}`
      }
      return null
    },
  })
  const base = step('base', sources.base.files)
  return {
    batch: [base, step('batch', sources.batch.files)],
    tickets: [base, ...sources.tickets.map(({ id, files }) => step(id, files))],
  }
}

/** A migration that nothing but SQL is in. */
export function isAllSql(sources: WrittenSources): boolean {
  const all = [sources.base, sources.batch, ...sources.tickets].flatMap(({ files }) => inOrder(files))
  return all.every((file) => file.path.endsWith('.sql'))
}

function inOrder(files: readonly SourceFile[]): readonly SourceFile[] {
  return files
    .filter((file) => identifyFile(file.path) !== null && file.kind !== 'deleted')
    .toSorted(compareFiles)
}

function statementsOf(file: SourceFile, tools: LayoutTools, major: number): readonly string[] {
  const { parts } = tools.split({ ...file, ticket: '' }, major)
  return parts.every((part) => part.isTransactional) ? [file.text] : tools.statementsOf(file.text)
}
