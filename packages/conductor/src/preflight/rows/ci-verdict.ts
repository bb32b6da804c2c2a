import { assertNever } from '@conduct/core'
import type { CommitVerdict } from '@conduct/forge'
import { judgeAtForge } from '../forge.ts'
import { green, type Judgement, red, type Row, unknown } from '../row.ts'

/** What CI says of exactly the frozen commit; that nothing has judged it is not green. */
export const row: Row = {
  check: 'ci_verdict',
  over: 'every',
  judge: (input) =>
    judgeAtForge(input, async ({ repository }) => {
      const { commit, main } = input.frozen
      return judged(await repository.readVerdict({ commit, branch: main }), commit.slice(0, 7))
    }),
}

function judged(verdict: CommitVerdict, commit: string): Judgement {
  switch (verdict.verdict) {
    case 'green':
      return green(verdict.covered, `Every check of ${commit} has passed.`)
    case 'red':
      return red(verdict.covered, `${verdict.failed.join(', ')} at ${commit}; make main green first.`)
    case 'pending':
      return unknown(
        verdict.covered,
        `${commit} still waits for ${verdict.waitingFor.join(', ')}; run again when they have reported.`,
      )
    case 'none': {
      const { judgeable } = verdict
      const why = judgeable.can === 'no' ? `nothing ever could: ${judgeable.because}` : judgeable.because
      return unknown('0 of 1 verdicts', `Nothing has judged ${commit}; ${why}.`)
    }
    case 'unknown':
      return unknown('0 of 1 verdicts', `${verdict.reason}.`)
    default:
      return assertNever(verdict)
  }
}
