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
  if (publish === 'infer' || 'workflow' in publish) {
    if (discovered.length > 0) return discovered.map((one) => ({ discovered: one, declared: null }))
    throw refusal(
      `${producer}: no package at its frozen commit is meant to be published (all are private or unnamed)`,
      'A train without a library says so in lanes.yaml: publish: [].',
    )
  }
  const chosen = publish.map((declared) => ({
    declared,
    discovered: findDeclared(declared, { discovered, producer }),
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
  found: { readonly discovered: readonly DiscoveredPackage[]; readonly producer: string },
): DiscoveredPackage {
  const { discovered, producer } = found
  const names = discovered.map(({ name }) => name).join(', ') || 'none'
  if (declared.package === null) {
    const [only, ...others] = discovered
    if (only !== undefined && others.length === 0) return only
    throw refusal(
      `${producer}: publish names no package, and the repository holds ${discovered.length} (${names})`,
      'Name each package: publish: [{ package: … }].',
    )
  }
  const match = discovered.find(({ name }) => name === declared.package)
  if (match !== undefined) return match
  throw refusal(
    `${producer}: no package at its frozen commit is named ${declared.package}, or it is private`,
    `Packages that can be published: ${names}.`,
  )
}

function refusal(message: string, hint: string): ConductError {
  return new ConductError('SURVEY_REFUSED', message, { hint })
}
