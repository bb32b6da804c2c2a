import { ConductError } from '@conduct/core'
import type { Publish } from '@conduct/config'
import {
  type DiscoveredPackage,
  normalizedRegistry,
  packageVersionProblem,
  type Publisher,
  registryProblem,
  shownRegistry,
} from '@conduct/ecosystems'
import { publishTimeoutMsDefault } from '../limits.ts'
import type { FrozenRepo, PlannedArtifact, TrainContext } from '../context.ts'
import { tagNames } from './tag-names.ts'

/** A package of the producer and who publishes it. */
interface Found extends DiscoveredPackage {
  readonly publisher: Publisher
}

interface Chosen {
  readonly found: Found
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
  const found = await discoverAll(context.publishers, producer)
  const chosen = chooseDeclared(publish, found, producer.name)
  const tags = tagNames(chosen.map((one) => ({ ...one.found, template: one.declared?.tag ?? null })))
  return chosen.map(({ found: { publisher, ...discovered }, declared }, index) => {
    const registry = registryFor({ producer: producer.name, declared, discovered })
    const version = versionFor(options.version ?? discovered.version, publisher)
    return {
      name: discovered.name,
      version,
      ecosystem: publisher.ecosystem,
      directory: discovered.directory,
      registry,
      tag: options.version === undefined ? (tags[index] ?? null) : null,
      discovered: { ...discovered, registry, version },
      publisher,
      staged: declared?.staged ?? false,
      timeoutMs: declared?.timeoutMs ?? publishTimeoutMsDefault,
      distTag: null,
    }
  })
}

function registryFor(options: {
  readonly producer: string
  readonly declared: Publish | null
  readonly discovered: DiscoveredPackage
}): string {
  const { producer, declared, discovered } = options
  if (declared === null || declared.registry === null) return discovered.registry
  const problem = registryProblem(declared.registry)
  if (problem === null) return normalizedRegistry(declared.registry)
  throw refusal(
    `${producer}: the registry ${shownRegistry(declared.registry)} of ${discovered.name} ${problem}`,
    'Correct registry in lanes.yaml.',
  )
}

function versionFor(version: string, { ecosystem }: Publisher): string {
  const problem = packageVersionProblem(version, ecosystem)
  if (problem === null) return version
  throw refusal(`the version ${JSON.stringify(version)} ${problem}`, 'Name a published one with --version.')
}

/** Of each ecosystem, what the first publisher finds that knows the repository; each in its order of publication. */
async function discoverAll(
  publishers: readonly Publisher[],
  producer: Pick<FrozenRepo, 'name' | 'tree'>,
): Promise<readonly Found[]> {
  const matching = new Map<string, Publisher>()
  for (const publisher of publishers) {
    if (!matching.has(publisher.ecosystem) && (await publisher.matches(producer.tree))) {
      matching.set(publisher.ecosystem, publisher)
    }
  }
  if (matching.size === 0) {
    throw refusal(
      `${producer.name}: nothing that can be published was found at its frozen commit`,
      'A train without a library says so in lanes.yaml: publish: [].',
    )
  }
  const found = await Promise.all(
    [...matching.values()].map(async (publisher) =>
      (await publisher.discover(producer.tree)).map((one) => ({ ...one, publisher })),
    ),
  )
  return found.flat()
}

/** In the order of publication, which is the order of what was discovered. */
function chooseDeclared(
  publish: TrainContext['train']['producer']['publish'],
  discovered: readonly Found[],
  producer: string,
): readonly Chosen[] {
  if (publish === 'infer' || 'workflow' in publish) {
    refuseSeveralEcosystems(discovered, producer)
    if (discovered.length > 0) return discovered.map((one) => ({ found: one, declared: null }))
    throw refusal(
      `${producer}: no package at its frozen commit is meant to be published (all are private or unnamed)`,
      'A train without a library says so in lanes.yaml: publish: [].',
    )
  }
  const chosen = publish.map((declared) => ({
    declared,
    found: findDeclared(declared, { discovered, producer }),
  }))
  const names = chosen.map((one) => `${one.found.publisher.ecosystem} ${one.found.name}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw refusal(
      `${producer}: ${twice.replace(/^\S+ /, '')} is declared twice in publish`,
      'Declare each package once.',
    )
  }
  return chosen.sort((a, b) => discovered.indexOf(a.found) - discovered.indexOf(b.found))
}

/** A gemspec beside a package.json may be meant or left over: nobody publishes what was not meant. */
function refuseSeveralEcosystems(discovered: readonly Found[], producer: string): void {
  const ecosystems = [...new Set(discovered.map(({ publisher }) => publisher.ecosystem))]
  if (ecosystems.length < 2) return
  const names = discovered.map(({ name, publisher }) => `${name} (${publisher.ecosystem})`).join(', ')
  throw refusal(
    `${producer}: packages of ${ecosystems.length} ecosystems could be published: ${names}`,
    'Name those that are meant: publish: [{ package: …, ecosystem: … }].',
  )
}

function findDeclared(
  declared: Publish,
  all: { readonly discovered: readonly Found[]; readonly producer: string },
): Found {
  const { producer } = all
  const discovered = all.discovered.filter(
    ({ publisher }) => declared.ecosystem === null || declared.ecosystem === publisher.ecosystem,
  )
  const names = discovered.map(({ name }) => name).join(', ') || 'none'
  if (declared.package === null) {
    const [only, ...others] = discovered
    if (only !== undefined && others.length === 0) return only
    throw refusal(
      `${producer}: publish names no package, and the repository holds ${discovered.length} (${names})`,
      'Name each package: publish: [{ package: … }].',
    )
  }
  const [match, ...twins] = discovered.filter(({ name }) => name === declared.package)
  if (match !== undefined && twins.length === 0) return match
  if (match !== undefined) {
    const ecosystems = [match, ...twins].map(({ publisher }) => publisher.ecosystem).join(' and ')
    throw refusal(
      `${producer}: ${declared.package} is a package of ${ecosystems}`,
      'Say which is meant: publish: [{ package: …, ecosystem: … }].',
    )
  }
  throw refusal(
    `${producer}: no package at its frozen commit is named ${declared.package}, or it is private`,
    `Packages that can be published: ${names}.`,
  )
}

function refusal(message: string, hint: string): ConductError {
  return new ConductError('SURVEY_REFUSED', message, { hint })
}
