import { judgeAtForge } from '../forge.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  check: 'forge_identity',
  over: 'every',
  judge: async ({ frozen }) =>
    judgeAtForge(frozen.repo, 'who am I at the forge, and do my pull requests get CI'),
}
