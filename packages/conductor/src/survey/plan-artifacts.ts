import type { Publish } from '@conduct/config'
import {
  type DiscoveredPackage,
  isPlainVersion,
  normalizedRegistry,
  packageVersionProblem,
  type Publisher,
  registryProblem,
  shownRegistry,
} from '@conduct/ecosystems'
import { publishTimeoutMsDefault } from '../limits.ts'
import type { FrozenRepo, PlannedArtifact, TrainContext } from '../context.ts'
import { choosePackages, refusal } from './choose-packages.ts'
import { tagNames } from './tag-names.ts'

/**
 * The packages of the train, in the order of publication; empty for a train without a library.
 *
 * @param options.version a catch-up train: every package at this version, none of them tagged
 * @throws ConductError SURVEY_REFUSED where manifests and lanes.yaml do not fit together
 */
export async function planArtifacts(
  context: Pick<TrainContext, 'train' | 'publishers' | 'runCommand' | 'signal'>,
  producer: Omit<FrozenRepo, 'role'>,
  options: { readonly version?: string },
): Promise<readonly PlannedArtifact[]> {
  const { publish } = context.train.producer
  if (Array.isArray(publish) && publish.length === 0) return []
  const chosen = await choosePackages(context, producer)
  const tags = tagNames(chosen.map((one) => ({ ...one.found, template: one.declared?.tag ?? null })))
  return chosen.map(({ found: { publisher, isPacked, ...discovered }, declared }, index) => {
    const registry = registryFor({ producer: producer.name, declared, discovered })
    const version = versionFor(options.version ?? discovered.version, publisher)
    return {
      name: discovered.name,
      version,
      ecosystem: declared?.ecosystem ?? publisher.ecosystem,
      directory: discovered.directory,
      registry,
      tag: options.version === undefined ? (tags[index] ?? null) : null,
      discovered: { ...discovered, registry, version },
      publisher,
      command: declared?.command ?? null,
      isPacked,
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
  const problem =
    ecosystem === 'command'
      ? isPlainVersion(version)
        ? null
        : 'is no plain word'
      : packageVersionProblem(version, ecosystem)
  if (problem === null) return version
  throw refusal(`the version ${JSON.stringify(version)} ${problem}`, 'Name a published one with --version.')
}
