import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConductError } from '@conduct/core'
import { type Attempts, readAttempts } from './attempts.ts'
import { type Layout, layoutOf } from './layout.ts'
import { peopleOf } from './people.ts'
import { engineVersions } from './repositories/engine.ts'
import { gemName } from './repositories/gem.ts'
import { findServer, stopServer } from './server-process.ts'

/**
 * The throwaway estate: real git remotes, a real registry, apps that really run, all below one folder.
 *
 * Promises: nothing outside its folder is changed but what package managers cache; everything it starts ends with
 * `stop`, or by itself after an hour; what reaches remotes, registry and platform is counted. Left to others: the
 * train that travels over it.
 */
export interface Estate {
  readonly dir: string
  readonly lanesYamlPath: string
  readonly estateName: string
  /** `sqlite:/…` inside the folder, unless the estate was given a store that outlives it. */
  readonly storeUrl: string
  /** The store lies elsewhere and keeps what this estate wrote, under its name. */
  readonly isStoreShared: boolean
  readonly registryUrl: string
  readonly platformUrl: string
  /** Repo → `file://` address of its bare remote. */
  readonly remotes: Readonly<Record<string, string>>
  /** Repo → a developer's clone of it. */
  readonly checkouts: Readonly<Record<string, string>>
  readonly producer: string
  readonly consumers: readonly ConsumerSpec[]
  /** Packages of the producer in the order of publication, at the version they are about to get. */
  readonly packages: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  /** The same library for apps that are bundled; null where none is. */
  readonly gem: GemOfEstate | null
  /** Consumers that this machine lacks the tool for. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
  /** Null where nobody asks for them: the small estate. */
  readonly people: People | null
  readAttempts(): Promise<Attempts>
  stop(): Promise<void>
}

/** A gem of the producer, at the version it is about to get. */
export interface GemOfEstate {
  readonly name: string
  readonly from: string
  readonly to: string
  /** The gem server. */
  readonly url: string
}

/** Who has to act besides the conductor, and what they need. */
export interface People {
  readonly approver: string
  readonly keyFile: string
  readonly forgeUrl: string
  /** What the maintainer's authenticator shows. */
  readonly otp: string
  /** What every command in the estate needs in its environment to ask the forge. */
  readonly env: Readonly<Record<string, string>>
  /** The maintainer types `npm stage approve …` and their second factor. @throws ConductError REHEARSAL_STEP */
  approveStaged(command: readonly string[]): Promise<void>
}

export interface ConsumerSpec {
  /** Name of the repo and of the app. */
  readonly name: string
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'yarn-classic' | 'bundler'
  readonly after?: readonly string[]
  /** Its remote lives at the forge, its main is protected, and it adopts by pull request. */
  readonly isProtected?: boolean
  /** A workflow at the forge deploys it; default: its own command. */
  readonly deploysBy?: 'workflow'
}

/** What makes an estate a real one: a forge, an approver with a key, publishing in two moves. */
export interface Formalities {
  readonly forgePort: number
  readonly forgeToken: string
  /** The person who signs approvals; their key lies in the estate. */
  readonly approver: string
  /** OpenSSH public key. */
  readonly approverKey: string
}

/** `estate.json`: what an estate is, independent of where it lies and who serves it. */
export interface EstateRecord {
  readonly format: 1
  readonly size: 'small' | 'full'
  readonly estateName: string
  /** Address of a store elsewhere; without: one inside the folder. */
  readonly store?: string
  readonly producer: string
  readonly producerManager: 'npm' | 'pnpm'
  readonly consumers: readonly ConsumerSpec[]
  readonly packages: Estate['packages']
  readonly registryPort: number
  readonly platformPort: number
  /** Where the gem server listens, when the producer has a gem. */
  readonly gemPort?: number
  readonly leftOut?: Estate['leftOut']
  readonly formalities?: Formalities
}

/**
 * An estate that was built before and is still served.
 *
 * @throws ConductError REHEARSAL_SERVER  there is no estate, or nobody serves it any more.
 */
export async function openEstate(dir: string): Promise<Estate> {
  const layout = layoutOf(resolve(dir))
  const record = await readRecord(layout)
  if ((await findServer(layout.dir)) === null) {
    throw new ConductError('REHEARSAL_SERVER', `nobody serves the estate in ${layout.dir} any more`, {
      hint: 'Estates end by themselves after an hour; run the rehearsal again.',
    })
  }
  return toEstate(layout, record)
}

/**
 * Ends the servers and apps of an estate; its files stay. Quiet when they have ended already.
 *
 * @returns what stays elsewhere: the records in a store that outlives the estate; null when there are none.
 */
export async function stopEstate(
  dir: string,
): Promise<{ readonly store: string; readonly estateName: string } | null> {
  const { estateName, store } = await readRecord(layoutOf(resolve(dir)))
  await stopServer(resolve(dir))
  return store === undefined ? null : { store, estateName }
}

export async function readRecord(layout: Layout): Promise<EstateRecord> {
  const text = await readFile(layout.estateFile, 'utf8').catch(() => null)
  if (text === null) throw new ConductError('REHEARSAL_SERVER', `there is no estate in ${layout.dir}`)
  return JSON.parse(text) as EstateRecord
}

export function toEstate(layout: Layout, record: EstateRecord): Estate {
  const repos = [record.producer, ...record.consumers.map((consumer) => consumer.name)]
  return {
    dir: layout.dir,
    lanesYamlPath: layout.lanesYaml,
    estateName: record.estateName,
    storeUrl: storeUrlOf(layout, record),
    isStoreShared: record.store !== undefined,
    registryUrl: registryUrlOf(record.registryPort),
    platformUrl: platformUrlOf(record.platformPort),
    remotes: Object.fromEntries(repos.map((repo) => [repo, `file://${layout.remote(repo)}`])),
    checkouts: Object.fromEntries(repos.map((repo) => [repo, layout.checkout(repo)])),
    producer: record.producer,
    consumers: record.consumers,
    packages: record.packages,
    gem: gemOf(record),
    leftOut: record.leftOut ?? [],
    people: record.formalities === undefined ? null : peopleOf(layout, record, record.formalities),
    readAttempts: () => readAttempts(layout.attempts),
    stop: () => stopServer(layout.dir),
  }
}

export function storeUrlOf(layout: Layout, record: Pick<EstateRecord, 'store'>): string {
  return record.store ?? `sqlite:${layout.store}`
}

export function registryUrlOf(port: number): string {
  return `http://127.0.0.1:${port}/`
}

function gemOf({ gemPort }: EstateRecord): GemOfEstate | null {
  return gemPort === undefined ? null : { name: gemName, ...engineVersions, url: gemsUrlOf(gemPort) }
}

export function gemsUrlOf(port: number): string {
  return `http://127.0.0.1:${port}/`
}

export function platformUrlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}
