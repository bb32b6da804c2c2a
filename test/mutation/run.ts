import { writeSection } from '../properties/readme.ts'
import { applyMutants, type Verdict } from './apply-mutants.ts'
import { mutants } from './mutants.ts'

/**
 * `pnpm mutants [--only TEXT] [--markdown | --write]`: which test kills which mutant; fails when one survives or no
 * longer applies. `--write` puts the table into the README, once all of them are killed.
 */
const only = process.argv.includes('--only') ? (process.argv[process.argv.indexOf('--only') + 1] ?? '') : ''
const chosen = mutants.filter(({ name }) => name.includes(only))
const verdicts = await applyMutants(chosen, { parallel: 2 })
const isMarkdown = process.argv.includes('--markdown') || process.argv.includes('--write')
const killed = verdicts.filter(({ problem }) => problem === null)
console.log(isMarkdown ? tableOf(verdicts) : linesOf(verdicts))
console.log(`${killed.length} of ${verdicts.length} mutants killed`)
process.exitCode = killed.length === verdicts.length ? 0 : 1
if (process.argv.includes('--write')) {
  if (process.exitCode !== 0 || only !== '')
    throw new Error('the table is written of all mutants, all killed')
  writeSection('mutants', tableOf(verdicts))
}

function linesOf(list: readonly Verdict[]): string {
  const width = Math.max(...list.map(({ mutant }) => mutant.length))
  return list
    .map(({ mutant, killedBy, problem }) => {
      const fate = problem === null ? `killed by ${killedBy}` : `NOT KILLED: ${problem} (${killedBy})`
      return `${mutant.padEnd(width)}  ${fate}`
    })
    .join('\n')
}

function tableOf(list: readonly Verdict[]): string {
  const rows = list.map(({ mutant, killedBy, problem }) => {
    const fate = problem === null ? killedBy : `**NOT KILLED**: ${problem}`
    return `| ${mutant} | ${fate.replaceAll('|', String.raw`\|`)} |`
  })
  return ['| mistake | found by |', '|---|---|', ...rows].join('\n')
}
