import { applyMutants } from './apply-mutants.ts'
import { mutants } from './mutants.ts'

/** `pnpm mutants`: prints which test kills which mutant; fails when one survives or no longer applies. */
const verdicts = await applyMutants(mutants, { parallel: 2 })
const width = Math.max(...verdicts.map(({ mutant }) => mutant.length))
for (const { mutant, killedBy, problem } of verdicts) {
  const fate = problem === null ? `killed by ${killedBy}` : `NOT KILLED: ${problem} (${killedBy})`
  console.log(`${mutant.padEnd(width)}  ${fate}`)
}
const killed = verdicts.filter(({ problem }) => problem === null)
console.log(`${killed.length} of ${verdicts.length} mutants killed`)
process.exitCode = killed.length === verdicts.length ? 0 : 1
