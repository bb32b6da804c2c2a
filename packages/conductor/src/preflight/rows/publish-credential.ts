import { judgeCredential } from '@conduct/ecosystems'
import type { PlannedArtifact } from '../../context.ts'
import {
  green,
  type Judgement,
  notApplicable,
  nothingPublished,
  publishedArtifacts,
  red,
  type Row,
  together,
} from '../row.ts'
import { declaredRegistries } from '../../declared-registries.ts'

/**
 * The credential of each registry fits direct or staged publishing, and goes on doing so: npm is ending direct
 * publishing by tokens that bypass 2FA. A kind that the registry does not tell is no reason to stop: it decides
 * when it is published to.
 */
export const row: Row = {
  check: 'publish_credential',
  over: 'producer',
  async judge({ context, survey, frozen, evidence }) {
    const artifacts = publishedArtifacts(survey)
    if (artifacts.length === 0) return nothingPublished
    const { publish } = context.train.producer
    if (typeof publish === 'object' && 'workflow' in publish) {
      return notApplicable('The workflow publishes, with an identity of its own.')
    }
    const told = artifacts.filter(({ publisher }) => publisher.credential !== undefined)
    if (told.length === 0) return notApplicable('Nothing is known of kinds of credentials there.')
    const worktree = (await evidence.worktree(frozen)).path
    const byRegistry = Map.groupBy(told, ({ registry }) => registry)
    const judged = await Promise.all(
      [...byRegistry].map(async ([registry, some]) => {
        const credential = await some[0]?.publisher.credential?.({
          registry,
          worktree,
          passEnv: frozen.repo.env,
          declaredRegistries: declaredRegistries(context.train),
          signal: context.signal,
        })
        if (credential === undefined) return green('', '')
        return toJudgement(
          judgeCredential(credential, {
            registry,
            isStaged: areStaged(some),
            wallMs: context.clock.wallMs(),
          }),
        )
      }),
    )
    return together(judged, 'registries')
  },
}

function areStaged(artifacts: readonly PlannedArtifact[]): boolean {
  return artifacts.every(({ staged }) => staged)
}

function toJudgement({ verdict, detail, remedy }: ReturnType<typeof judgeCredential>): Judgement {
  const text = remedy === null ? detail : `${detail} ${remedy}`
  return verdict === 'unfit' ? red('', text) : green('', text)
}
