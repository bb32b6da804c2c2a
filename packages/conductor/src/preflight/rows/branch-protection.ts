import { judgeAtForge } from '../forge.ts'
import { notApplicable, type Row } from '../row.ts'

export const row: Row = {
  check: 'branch_protection',
  over: 'consumer',
  async judge({ frozen }) {
    if (frozen.via === 'none') return notApplicable('Nothing is adopted here.')
    return judgeAtForge(frozen.repo, `protection of ${frozen.main} against adopting by ${frozen.via}`)
  },
}
