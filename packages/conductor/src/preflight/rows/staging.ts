import { assertNever } from '@conduct/core'
import type { Staging } from '@conduct/ecosystems'
import type { FrozenRepo, PlannedArtifact } from '../../context.ts'
import type { Evidence } from '../evidence.ts'
import {
  green,
  type Judgement,
  notApplicable,
  publishedArtifacts,
  red,
  type Row,
  together,
  unknown,
} from '../row.ts'
import { declaredRegistries } from '../../declared-registries.ts'

/** What is declared `staged` can be staged: the client can, the registry has it, and nothing else is staged there. */
export const row: Row = {
  check: 'staging',
  over: 'producer',
  async judge({ context, survey, frozen, evidence, publishedByThisRun }) {
    const staged = publishedArtifacts(survey).filter((artifact) => artifact.staged)
    if (staged.length === 0) return notApplicable('Nothing is staged.')
    const judged = await Promise.all(
      staged.map(async (artifact) => {
        const { staging, ecosystem } = artifact.publisher
        if (staging === undefined) {
          return red('', `${artifact.name}: ${ecosystem} knows no staging; publish it directly.`)
        }
        const client = await judgeClient(staging, { frozen, evidence })
        if (client.verdict !== 'green') return client
        return judgeStage(artifact, {
          staging,
          worktree: (await evidence.worktree(frozen)).path,
          passEnv: frozen.repo.env,
          declaredRegistries: declaredRegistries(context.train),
          signal: context.signal,
          isOurs: publishedByThisRun.has(`${artifact.name}@${artifact.version}`),
        })
      }),
    )
    return together(judged, 'packages')
  },
}

async function judgeClient(
  staging: Staging,
  { frozen, evidence }: { readonly frozen: FrozenRepo; readonly evidence: Evidence },
): Promise<Judgement> {
  const worktree = (await evidence.worktree(frozen)).path
  const { isAble, text } = await staging.client({ worktree, context: evidence.ecosystem(frozen) })
  return isAble ? green('', text) : red('', `${text}; update it.`)
}

async function judgeStage(
  { name, version, registry }: PlannedArtifact,
  options: {
    readonly staging: Staging
    readonly worktree: string
    readonly passEnv: readonly string[]
    readonly declaredRegistries: readonly string[]
    readonly signal: AbortSignal
    readonly isOurs: boolean
  },
): Promise<Judgement> {
  const { staging, isOurs, ...place } = options
  const seen = await staging.observe({ ...place, package: name, version, registry })
  switch (seen.state) {
    case 'absent':
      return green('', `${name}@${version} can be staged at ${registry}.`)
    case 'staged':
      return isOurs
        ? green('', `${name}@${version} is staged: by this run.`)
        : green(
            '',
            `${name}@${version} is staged already as ${seen.staged.id}, by ${seen.staged.stagedBy ?? 'nobody named'}; it is compared with what is packed.`,
          )
    case 'unsupported':
      return red('', `${seen.reason}; publish directly, or to a registry that has it.`)
    case 'unknown':
      return unknown('', `${name}@${version}: ${seen.reason}.`)
    default:
      return assertNever(seen)
  }
}
