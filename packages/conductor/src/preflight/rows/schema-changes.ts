import { toCommitId } from '@conduct/core'
import type { FrozenConsumer } from '../../context.ts'
import { green, notApplicable, type Row, unknown } from '../row.ts'

const migrationPaths = [
  /(?:^|\/)(?:db\/migrate|migrations?|alembic)\//,
  /(?:^|\/)(?:db\/schema\.rb|structure\.sql|schema\.prisma)$/,
  /\.sql$/,
]
const fullCommit = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** Schema changes that would travel with the deploy. Reading them needs the planner; here only their presence. */
export const row: Row = {
  check: 'schema_changes',
  over: 'consumer',
  async judge({ frozen }) {
    if (frozen.consumer.deploy.strategy.kind === 'none') return notApplicable('Nothing is deployed.')
    const files = (await frozen.tree.listFiles()).filter(isMigration)
    if (files.length === 0) return notApplicable('It holds no migrations.')
    const changed = await changedSincePrevious(frozen)
    if (changed === null) {
      return unknown(
        `0 of ${files.length} files`,
        'It holds migrations, and which of them travel with the deploy cannot be told from what runs now.',
      )
    }
    const travelling = changed.filter(isMigration)
    if (travelling.length === 0) {
      return green(
        `${changed.length} of ${changed.length} changed files`,
        'No schema change since what runs now.',
      )
    }
    return unknown(
      `0 of ${travelling.length} files`,
      `${travelling.join(', ')} would travel with the deploy; this conduct cannot read schema changes yet.`,
    )
  },
}

function isMigration(path: string): boolean {
  return migrationPaths.some((pattern) => pattern.test(path))
}

/** Null when what runs now is no commit of this repository. */
async function changedSincePrevious(frozen: FrozenConsumer): Promise<readonly string[] | null> {
  const { previous, mirror, commit } = frozen
  if (previous === null || !fullCommit.test(previous)) return null
  return await mirror.changedPaths(toCommitId(previous), commit)
}
