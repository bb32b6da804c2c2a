import { judgeAtForge } from '../forge.ts'
import { notApplicable, type Row } from '../row.ts'

export const row: Row = {
  check: 'blocking_label',
  over: 'every',
  async judge({ context, frozen }) {
    const label = context.train.blockingLabel
    if (label === null) return notApplicable('No label blocks this train.')
    return judgeAtForge(frozen.repo, `open issues and pull requests with ${label}`)
  },
}
