import type { CommitId } from '@conduct/core'
import type { EcosystemContext, ObservedVersion } from '@conduct/ecosystems'
import {
  absent,
  type BranchRules,
  type Forge,
  type ForgeIdentity,
  type Reading,
  type RepoAtForge,
} from '@conduct/forge'
import type { Worktree } from '@conduct/git'
import type { FrozenRepo, PlannedArtifact, Survey, TrainContext } from '../context.ts'
import { observeLive } from '../publish/observe-live.ts'
import { declaredRegistries } from '../declared-registries.ts'

/** What several rows of one matrix read: asked once, shared, and gone with the matrix. */
export interface Evidence extends AsyncDisposable {
  /** Head of main at the remote now. */
  remoteHead(frozen: FrozenRepo): Promise<CommitId | null>
  observed(artifact: PlannedArtifact): Promise<ObservedVersion>
  /** Who the registry of an artifact thinks we are. */
  identity(artifact: PlannedArtifact): Promise<string | null>
  /** A private worktree at the frozen commit, for what only files on a disk can tell. */
  worktree(frozen: FrozenRepo): Promise<Worktree>
  /** Version of a tool; asked once per machine, and per repo only where the repo may decide which one answers. */
  toolVersion(frozen: FrozenRepo, tool: AskedTool): Promise<string | null>
  ecosystem(frozen: FrozenRepo): EcosystemContext
  /** The repo at its forge; null where it has none. */
  forge(frozen: FrozenRepo): Promise<RepoAtForge | null>
  /** Who a forge thinks we are. */
  forgeIdentity(forge: Forge): Promise<Reading<ForgeIdentity>>
  /** Protection and rulesets of main. */
  rules(frozen: FrozenRepo): Promise<Reading<BranchRules>>
}

/** An adopter or a publisher. */
export interface AskedTool {
  readonly name: string
  version(context: EcosystemContext, worktree: string): Promise<string | null>
}

const pinnedManager = /"(?:packageManager|devEngines)"/

export function gatherEvidence(context: TrainContext, survey: Survey): Evidence {
  const asked = new Map<string, Promise<unknown>>()
  const worktrees: Promise<Worktree>[] = []

  function once<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = asked.get(key) as Promise<Answer> | undefined
    const answer = known ?? ask()
    asked.set(key, answer)
    return answer
  }

  const evidence: Evidence = {
    remoteHead: (frozen) => once(`head ${frozen.name}`, () => frozen.mirror.remoteHead(frozen.main)),
    observed: (artifact) =>
      once(`version ${artifact.name}`, () => observeLive(context, artifact, context.signal)),
    identity: (artifact) =>
      once(`identity ${artifact.registry}`, async () =>
        artifact.publisher.whoAmI({
          registry: artifact.registry,
          worktree: (await evidence.worktree(survey.producer)).path,
          context: evidence.ecosystem(survey.producer),
        }),
      ),
    worktree: (frozen) =>
      once(`worktree ${frozen.name} ${frozen.commit}`, () => {
        const opened = frozen.mirror.worktree(frozen.commit)
        worktrees.push(opened)
        return opened
      }),
    toolVersion: async (frozen, tool) => {
      const isPinned = pinnedManager.test((await frozen.tree.readFile('package.json')) ?? '')
      // Both generations of yarn are programs of one name, and settings of the repository say which one answers.
      const isOfRepo = isPinned || tool.name.startsWith('yarn')
      return once(`tool ${tool.name}${isOfRepo ? ` of ${frozen.name}` : ''}`, async () =>
        tool.version(evidence.ecosystem(frozen), (await evidence.worktree(frozen)).path),
      )
    },
    ecosystem: (frozen) => ({
      runCommand: context.runCommand,
      signal: context.signal,
      passEnv: frozen.repo.env,
      declaredRegistries: frozen.role === 'producer' ? declaredRegistries(context.train) : [],
    }),
    forge: (frozen) => once(`forge ${frozen.name}`, () => context.forge(frozen.name)),
    forgeIdentity: (forge) => once(`forge identity ${forge.host}`, () => forge.identity()),
    rules: (frozen) =>
      once(`rules ${frozen.name}`, async () => {
        const at = await evidence.forge(frozen)
        return at === null ? absent : at.repository.readRules(frozen.main)
      }),
    async [Symbol.asyncDispose]() {
      const opened = await Promise.allSettled(worktrees)
      for (const one of opened) {
        if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]()
      }
    },
  }
  return evidence
}
