import { ConductError } from '@conduct/core'
import type { Command, Publish } from '@conduct/config'
import { type DiscoveredPackage, type Publisher, readPlainVersion } from '@conduct/ecosystems'
import type { FrozenRepo, TrainContext } from '../context.ts'
import { commandPublisher } from '../publish/command-publisher.ts'

/** A package of the producer and who publishes it. */
interface Found extends DiscoveredPackage {
  readonly publisher: Publisher
  /** Somebody here can pack it. */
  readonly isPacked: boolean
}

export interface Chosen {
  readonly found: Found
  readonly declared: Publish | null
}

type Choosing = Pick<TrainContext, 'train' | 'publishers' | 'runCommand' | 'signal'>
type Producer = Omit<FrozenRepo, 'role'>

/**
 * What of the producer's packages a train publishes, in the order of publication; those that no adapter knows come
 * last, as they are declared.
 *
 * @throws ConductError SURVEY_REFUSED where manifests and lanes.yaml do not fit together
 */
export async function choosePackages(context: Choosing, producer: Producer): Promise<readonly Chosen[]> {
  const { publish } = context.train.producer
  const declared = publish === 'infer' || 'workflow' in publish ? null : publish
  const needsManifest = declared === null || declared.some(({ command }) => command === null)
  const discovered = await discoverAll(context.publishers, { producer, needsManifest })
  return declared === null
    ? inferred(discovered, producer.name)
    : chooseDeclared(declared, { context, discovered, producer })
}

/** Of each ecosystem, what the first publisher finds that knows the repository; each in its order of publication. */
async function discoverAll(
  publishers: readonly Publisher[],
  { producer, needsManifest }: { readonly producer: Producer; readonly needsManifest: boolean },
): Promise<readonly Found[]> {
  const matching = new Map<string, Publisher>()
  for (const publisher of publishers) {
    if (!matching.has(publisher.ecosystem) && (await publisher.matches(producer.tree))) {
      matching.set(publisher.ecosystem, publisher)
    }
  }
  if (matching.size === 0 && needsManifest) {
    throw refusal(
      `${producer.name}: nothing that can be published was found at its frozen commit`,
      'A train without a library says so in lanes.yaml: publish: [].',
    )
  }
  const found = await Promise.all(
    [...matching.values()].map(async (publisher) =>
      (await publisher.discover(producer.tree, producer.repo.env)).map((one) => ({
        ...one,
        publisher,
        isPacked: true,
      })),
    ),
  )
  return found.flat()
}

function inferred(discovered: readonly Found[], producer: string): readonly Chosen[] {
  refuseSeveralEcosystems(discovered, producer)
  if (discovered.length > 0) return discovered.map((one) => ({ found: one, declared: null }))
  throw refusal(
    `${producer}: no package at its frozen commit is meant to be published (all are private or unnamed)`,
    'A train without a library says so in lanes.yaml: publish: [].',
  )
}

interface Declaring {
  readonly context: Choosing
  readonly discovered: readonly Found[]
  readonly producer: Producer
}

/** In the order of publication, which is the order of what was discovered. */
async function chooseDeclared(publish: readonly Publish[], declaring: Declaring): Promise<readonly Chosen[]> {
  const { producer } = declaring
  const chosen: (Chosen & { readonly place: number })[] = []
  for (const declared of publish) {
    const { found, place } = await findDeclared(declared, declaring)
    chosen.push({ declared, found, place })
  }
  const names = chosen.map((one) => `${one.found.publisher.ecosystem} ${one.found.name}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw refusal(
      `${producer.name}: ${twice.replace(/^\S+ /, '')} is declared twice in publish`,
      'Declare each package once.',
    )
  }
  return chosen.toSorted((a, b) => a.place - b.place)
}

interface Placed {
  readonly found: Found
  /** In the order of publication. */
  readonly place: number
}

async function findDeclared(declared: Publish, declaring: Declaring): Promise<Placed> {
  const { context, discovered, producer } = declaring
  const { command, observe } = declared
  if (command === null || observe === null) {
    const match = findDiscovered(declared, { discovered, producer: producer.name })
    return { found: match, place: discovered.indexOf(match) }
  }
  const match = commandedManifest(declared, declaring)
  const publisher = commandPublisher({
    context,
    producer,
    command,
    observe,
    base: match?.publisher ?? null,
  })
  if (match !== null) return { found: { ...match, publisher }, place: discovered.indexOf(match) }
  const found = {
    ...(await withoutManifest(declared, producer)),
    registry: writtenAs(command),
    publisher,
    isPacked: false,
  }
  return { found, place: Number.MAX_SAFE_INTEGER }
}

/** As it stands in lanes.yaml: that is where it goes. */
function writtenAs(command: Command): string {
  return 'shell' in command ? command.shell : command.argv.join(' ')
}

/** The manifest of a package that a command publishes; null where nobody here reads its ecosystem's. */
function commandedManifest(declared: Publish, { discovered, producer }: Declaring): Found | null {
  const isKnown = declared.ecosystem === 'npm' || declared.ecosystem === 'rubygems'
  const isNamed = discovered.some(({ name }) => name === declared.package)
  const isOpen = declared.ecosystem === null && (isNamed || declared.package === null)
  if (!isKnown && !isOpen) return null
  return findDiscovered(declared, { discovered, producer: producer.name })
}

async function withoutManifest(
  declared: Publish,
  producer: Producer,
): Promise<Omit<DiscoveredPackage, 'registry'>> {
  const { package: name } = declared
  if (name === null) {
    throw refusal(
      `${producer.name}: a command publishes, and nothing says what its package is called`,
      'Name it: publish: [{ package: …, command: …, observe: … }].',
    )
  }
  const version = await readPlainVersion(producer.tree)
  if (version === null) {
    throw refusal(
      `${producer.name}: which version of ${name} is published cannot be told at its frozen commit`,
      'Write it into package.json, or as the one line of a file VERSION at the top.',
    )
  }
  return { name, version, directory: '.', isPrivate: false, needs: [] }
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

function findDiscovered(
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

export function refusal(message: string, hint: string): ConductError {
  return new ConductError('SURVEY_REFUSED', message, { hint })
}
