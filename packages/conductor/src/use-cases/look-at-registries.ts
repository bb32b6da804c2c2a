import { dirname, resolve } from 'node:path'
import type { LanesConfig, Train } from '@conduct/config'
import { type Clock, ConductError } from '@conduct/core'
import {
  fileTreeOfFolder,
  judgeCredential,
  type JudgedCredential,
  type Publisher,
  publishers,
} from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { declaredRegistries } from '../declared-registries.ts'

/** One registry that trains publish to, as the doctor sees it. */
export interface RegistryLook {
  readonly registry: string
  readonly packages: readonly string[]
  /** Null: nobody is logged in. */
  readonly identity: { readonly name: string | null } | { readonly unknown: ConductError }
  /** Null: nothing is known of kinds of credentials there. */
  readonly credential: JudgedCredential | null
}

export interface LookAtRegistries {
  readonly config: LanesConfig
  readonly configPath: string
  readonly clock: Clock
}

/**
 * Each registry that the declared checkouts of producers publish to: who we are there and with what. Checkouts as
 * they stand: it is about this machine, not about a run.
 *
 * @throws ConductError FILE_UNREADABLE, REGISTRY_UNDECIDED, SETTINGS_VARIABLE_REFUSED, PUBLISH_CYCLE of a manifest that says nothing
 */
export async function lookAtRegistries(options: LookAtRegistries): Promise<readonly RegistryLook[]> {
  const places = (
    await Promise.all([...options.config.trains.values()].map((train) => placesOf(train, options)))
  ).flat()
  const byRegistry = Map.groupBy(places, ({ registry }) => registry)
  return Promise.all([...byRegistry].map(async ([registry, some]) => look(registry, some, options)))
}

interface Place {
  readonly registry: string
  readonly package: string
  readonly staged: boolean
  readonly publisher: Publisher
  readonly folder: string
  readonly passEnv: readonly string[]
  readonly declaredRegistries: readonly string[]
}

async function placesOf(train: Train, { config, configPath }: LookAtRegistries): Promise<readonly Place[]> {
  const { producer } = train
  const granted = { declaredRegistries: declaredRegistries(train) }
  const repo = config.repos.get(producer.repo)
  const { publish } = producer
  const byWorkflow = publish !== 'infer' && 'workflow' in publish
  if (repo === undefined || repo.path === null || byWorkflow) return []
  const folder = resolve(dirname(configPath), repo.path)
  const tree = fileTreeOfFolder(folder)
  for (const publisher of publishers) {
    if (!(await publisher.matches(tree))) continue
    const found = await publisher.discover(tree, repo.env)
    if (publish === 'infer') {
      return found.map(({ name, registry }) => ({
        package: name,
        registry,
        staged: false,
        publisher,
        folder,
        passEnv: repo.env,
        ...granted,
      }))
    }
    return publish.flatMap((declared) => {
      const one = declared.package === null ? found[0] : found.find(({ name }) => name === declared.package)
      if (one === undefined) return []
      const registry = declared.registry ?? one.registry
      return [
        {
          package: one.name,
          registry,
          staged: declared.staged,
          publisher,
          folder,
          passEnv: repo.env,
          ...granted,
        },
      ]
    })
  }
  return []
}

async function look(
  registry: string,
  places: readonly Place[],
  { clock }: LookAtRegistries,
): Promise<RegistryLook> {
  const [first] = places
  const asked = {
    registry,
    worktree: first?.folder ?? '.',
    passEnv: first?.passEnv ?? [],
    declaredRegistries: places.flatMap((place) => place.declaredRegistries),
  }
  const credential = await first?.publisher.credential?.(asked)
  return {
    registry,
    packages: places.map((place) => place.package),
    identity: await identityAt(first, asked),
    credential:
      credential === undefined
        ? null
        : judgeCredential(credential, {
            registry,
            isStaged: places.every(({ staged }) => staged),
            wallMs: clock.wallMs(),
          }),
  }
}

async function identityAt(
  place: Place | undefined,
  asked: Pick<Place, 'registry' | 'passEnv' | 'declaredRegistries'> & { readonly worktree: string },
): Promise<RegistryLook['identity']> {
  try {
    return {
      name: (await place?.publisher.whoAmI({ ...asked, context: { runCommand, ...asked } })) ?? null,
    }
  } catch (error) {
    if (error instanceof ConductError) return { unknown: error }
    throw error
  }
}
