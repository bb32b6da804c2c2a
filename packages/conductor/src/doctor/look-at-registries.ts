import type { Train } from '@conduct/config'
import { type Clock, ConductError } from '@conduct/core'
import {
  judgeCredential,
  type JudgedCredential,
  type Publisher,
  publishers,
  type PublishRight,
} from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { declaredRegistries } from '../declared-registries.ts'
import { type FilesHere, filesHere, type Looking } from './files-here.ts'

/** One registry that trains publish to, as the doctor sees it. */
export interface RegistryLook {
  readonly registry: string
  readonly packages: readonly string[]
  /** Null: nobody is logged in. */
  readonly identity: { readonly name: string | null } | { readonly unknown: ConductError }
  /** Null: nothing is known of kinds of credentials there. */
  readonly credential: JudgedCredential | null
  /** Of each package; empty where nobody can be asked. */
  readonly rights: readonly { readonly package: string; readonly right: PublishRight }[]
  /** Whether the client can stage; null: nothing is staged there. */
  readonly staging: { readonly isAble: boolean; readonly text: string } | null
}

export interface RegistriesLook {
  readonly registries: readonly RegistryLook[]
  /** Producers of which neither checkout nor mirror is here: what they publish is not known. */
  readonly unseen: readonly string[]
}

export interface LookAtRegistries extends Looking {
  readonly clock: Clock
}

/**
 * Each registry that producers publish to: who we are there, with what, and whether we may publish. Files as they
 * stand on this machine: it is about this machine, not about a run. Asks, and writes nothing.
 *
 * @throws ConductError FILE_UNREADABLE, REGISTRY_UNDECIDED, SETTINGS_VARIABLE_REFUSED, PUBLISH_CYCLE of a manifest that says nothing
 */
export async function lookAtRegistries(options: LookAtRegistries): Promise<RegistriesLook> {
  const unseen: string[] = []
  await using opened = new AsyncDisposableStack()
  const places: Place[] = []
  for (const train of options.config.trains.values()) {
    const repo = options.config.repos.get(train.producer.repo)
    const { publish } = train.producer
    const byWorkflow = publish !== 'infer' && 'workflow' in publish
    if (repo === undefined || byWorkflow) continue
    const files = await filesHere(repo, options)
    if (files === null) unseen.push(train.producer.repo)
    else places.push(...(await placesOf(train, { files: opened.use(files), passEnv: repo.env })))
  }
  const byRegistry = Map.groupBy(places, ({ registry }) => registry)
  const registries = await Promise.all(
    [...byRegistry].map(async ([registry, some]) => look(registry, some, options)),
  )
  return { registries, unseen: [...new Set(unseen)] }
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

async function placesOf(
  train: Train,
  { files, passEnv }: { readonly files: FilesHere; readonly passEnv: readonly string[] },
): Promise<readonly Place[]> {
  const { publish } = train.producer
  if (publish !== 'infer' && 'workflow' in publish) return []
  const common = { folder: files.folder, passEnv, declaredRegistries: declaredRegistries(train) }
  for (const publisher of publishers) {
    if (!(await publisher.matches(files.tree))) continue
    const found = await publisher.discover(files.tree, passEnv)
    if (publish === 'infer') {
      return found
        .filter(({ isPrivate }) => !isPrivate)
        .map(({ name, registry }) => ({ ...common, package: name, registry, staged: false, publisher }))
    }
    return publish.flatMap((declared) => {
      const one = declared.package === null ? found[0] : found.find(({ name }) => name === declared.package)
      // Whether a command may publish is its own business.
      if (one === undefined || declared.command !== null) return []
      const { staged, registry } = declared
      return [{ ...common, package: one.name, registry: registry ?? one.registry, staged, publisher }]
    })
  }
  return []
}

async function look(
  registry: string,
  places: readonly Place[],
  { clock, signal }: LookAtRegistries,
): Promise<RegistryLook> {
  const [first] = places
  const asked = {
    registry,
    worktree: first?.folder ?? '.',
    passEnv: first?.passEnv ?? [],
    declaredRegistries: places.flatMap((place) => place.declaredRegistries),
    signal,
  }
  const context = { runCommand, ...asked }
  const [identity, credential, staging] = await Promise.all([
    identityAt(first, context),
    first?.publisher.credential?.(asked),
    places.find(({ staged }) => staged)?.publisher.staging?.client({ worktree: asked.worktree, context }),
  ])
  const account = 'name' in identity ? identity.name : null
  const rights = await Promise.all(
    places.flatMap((place) => {
      const right = place.publisher.publishRight?.({ ...asked, package: place.package, account })
      return right === undefined ? [] : [right.then((said) => ({ package: place.package, right: said }))]
    }),
  )
  return {
    registry,
    packages: places.map((place) => place.package),
    identity,
    credential:
      credential === undefined
        ? null
        : judgeCredential(credential, {
            registry,
            isStaged: places.every(({ staged }) => staged),
            wallMs: clock.wallMs(),
          }),
    rights,
    staging: staging ?? null,
  }
}

async function identityAt(
  place: Place | undefined,
  context: Parameters<Publisher['whoAmI']>[0]['context'] & {
    readonly registry: string
    readonly worktree: string
  },
): Promise<RegistryLook['identity']> {
  const { registry, worktree } = context
  try {
    return { name: (await place?.publisher.whoAmI({ registry, worktree, context })) ?? null }
  } catch (error) {
    if (error instanceof ConductError) return { unknown: error }
    throw error
  }
}
