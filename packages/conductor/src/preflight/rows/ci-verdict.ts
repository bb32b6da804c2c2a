import { judgeAtForge } from '../forge.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  check: 'ci_verdict',
  over: 'every',
  judge: async ({ frozen }) => judgeAtForge(frozen.repo, "CI's verdict for exactly this commit"),
}
