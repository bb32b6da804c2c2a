import { ConductError } from '@conduct/core'
import type { Publish } from '@conduct/config'
import type { DiscoveredPackage, Publisher } from '@conduct/ecosystems'
import { publishTimeoutMsDefault } from '../limits.ts'
import type { FrozenRepo, PlannedArtifact, TrainContext } from '../context.ts'
import { tagNames } from './tag-names.ts'

interface Chosen {
  readonly discovered: DiscoveredPackage
  readonly declared: Publish | null
}

/**
 * The packages of the train, in the order of publication; empty for a train without a library.
 *
 * @param options.version a catch-up train: every package at this version, none of them tagged
 * @throws ConductError SURVEY_REFUSED where manifests and lanes.yaml do not fit together
 */
export async function planArtifacts(
  context: Pick<TrainContext, 'train' | 'publishers'>,
  producer: Pick<FrozenRepo, 'name' | 'tree'>,
  options: { readonly version?: string },
): Promise<readonly PlannedArtifact[]> {
  const { publish } = context.train.producer
  if (Array.isArray(publish) && publish.length === 0) return []
  const publisher = await findPublisher(context.publishers, producer)
  const discovered = await publisher.discover(producer.tree)
  const chosen = chooseDeclared(publish, discovered, producer.name)
  const tags = tagNames(chosen.map((one) => ({ ...one.discovered, template: one.declared?.tag ?? null })))
  return chosen.map(({ discovered: found, declared }, index) => {
    const registry = declared?.registry ?? found.registry
    const version = options.version ?? found.version
    return {
      name: found.name,
      version,
      ecosystem: publisher.ecosystem,
      directory: found.directory,
      registry,
      tag: options.version === undefined ? (tags[index] ?? null) : null,
      discovered: { ...found, registry, version },
      publisher,
      timeoutMs: declared?.timeoutMs ?? publishTimeoutMsDefault,
    }
  })
}

async function findPublisher(
  publishers: readonly Publisher[],
  producer: Pick<FrozenRepo, 'name' | 'tree'>,
): Promise<Publisher> {
  for (const publisher of publishers) {
    if (await publisher.matches(producer.tree)) return publisher
  }
  throw refusal(
    `${producer.name}: nothing that can be published was found at its frozen commit`,
    'A train without a library says so in lanes.yaml: publish: [].',
  )
}

/** In the order of publication, which is the order of what was discovered. */
function chooseDeclared(
  publish: TrainContext['train']['producer']['publish'],
  discovered: readonly DiscoveredPackage[],
  producer: string,
): readonly Chosen[] {
  const open = discovered.filter((one) => !one.isPrivate)
  if (publish === 'infer' || 'workflow' in publish) {
    if (open.length > 0) return open.map((one) => ({ discovered: one, declared: null }))
    throw refusal(
      `${producer}: every package at its frozen commit is private`,
      'A train without a library says so in lanes.yaml: publish: [].',
    )
  }
  const chosen = publish.map((declared) => ({
    declared,
    discovered: findDeclared(declared, { discovered, open, producer }),
  }))
  const names = chosen.map((one) => one.discovered.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw refusal(`${producer}: ${twice} is declared twice in publish`, 'Declare each package once.')
  }
  return chosen.sort((a, b) => discovered.indexOf(a.discovered) - discovered.indexOf(b.discovered))
}

function findDeclared(
  declared: Publish,
  found: {
    readonly discovered: readonly DiscoveredPackage[]
    readonly open: readonly DiscoveredPackage[]
    readonly producer: string
  },
): DiscoveredPackage {
  const names = found.open.map(({ name }) => name).join(', ') || 'none'
  if (declared.package === null) {
    const [only, ...others] = found.open
    if (only !== undefined && others.length === 0) return only
    throw refusal(
      `${found.producer}: publish names no package, and the repository holds ${found.open.length} (${names})`,
      'Name each package: publish: [{ package: … }].',
    )
  }
  const match = found.discovered.find(({ name }) => name === declared.package)
  if (match === undefined) {
    throw refusal(
      `${found.producer}: no manifest at the frozen commit is named ${declared.package}`,
      `Found: ${names}.`,
    )
  }
  if (match.isPrivate) {
    throw refusal(
      `${found.producer}: ${match.name} is private in its manifest`,
      'Remove "private" from the manifest, or the package from publish.',
    )
  }
  return match
}

function refusal(message: string, hint: string): ConductError {
  return new ConductError('SURVEY_REFUSED', message, { hint })
}
