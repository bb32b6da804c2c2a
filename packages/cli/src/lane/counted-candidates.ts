import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { locateIn } from '@conduct/config'
import { type Finding, findingCodes, isConductError } from '@conduct/core'
import { openStore, stateHome } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import { type LoadedConfig, shownPath } from '../estate/load-config.ts'
import { bittenMin, readCandidateStats } from './candidate-stats.ts'

/** A look that a check of a file is worth. */
const callMsMax = 3000
const year = 365 * 24 * 3_600_000

export interface CountedCandidates {
  readonly findings: readonly Finding[]
  /** Why nobody knows what was counted; null: it was looked up, or there is nothing to count. */
  readonly problem: string | null
}

/**
 * Candidates that have bitten twice by what the guard counted; those whose declared incidents say so are found in the file. A
 * store that nobody has used yet is not made for this.
 */
export async function findBittenCandidates(
  { env, cwd }: Pick<CommandContext, 'env' | 'cwd'>,
  { config, address, text }: LoadedConfig,
): Promise<CountedCandidates> {
  const { candidates, estate, store: url } = config
  const path = url === 'sqlite' ? join(stateHome(env), estate, 'state.db') : /^sqlite:(.*)/.exec(url)?.[1]
  if (candidates.size === 0 || (path !== undefined && !existsSync(path)))
    return { findings: [], problem: null }
  try {
    await using store = await openStore(url, { estate, env, callMsMax })
    const stats = await readCandidateStats({ config, store }, { windowMs: year })
    const file = address.startsWith('git+') ? address : shownPath(address, cwd)
    const locate = locateIn({ file, text })
    const bitten = stats.filter(({ counted, incidents }) => counted >= bittenMin && incidents < bittenMin)
    return {
      findings: bitten.map(({ candidate, counted }) => ({
        code: 'CANDIDATE_BITTEN_TWICE',
        severity: 'warning',
        message: `candidate "${candidate}" has bitten ${counted === 2 ? 'twice' : `${counted} times`}, as the guard counted`,
        hint: `${findingCodes.CANDIDATE_BITTEN_TWICE.remedy} conduct lane stats shows the conflicts.`,
        ...locate(['candidates', candidate]),
        related: [],
      })),
      problem: null,
    }
  } catch (error) {
    if (!isConductError(error)) throw error
    if (error.code === 'STORE_DISABLED') return { findings: [], problem: null }
    return { findings: [], problem: error.message }
  }
}
