import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ConductError, invariant } from '@conduct/core'
import {
  type ConsumerSpec,
  type Estate,
  type EstateRecord,
  platformUrlOf,
  registryUrlOf,
  toEstate,
} from './estate.ts'
import { type HistoryCommit, createRepository, headOf } from './git-history.ts'
import { tagOf, writeLanesYaml } from './lanes-yaml.ts'
import { type Layout, layoutOf, newEstateName } from './layout.ts'
import { appFiles } from './repositories/app.ts'
import { engineFiles, engineVersions } from './repositories/engine.ts'
import { type Files, ignored, npmrcWithToken } from './repositories/files.ts'
import { workspaceFiles } from './repositories/workspace.ts'
import { startServer, stopServer } from './server-process.ts'
import { requireTools, runStep } from './toolchain.ts'

export interface BuildEstateOptions {
  /** Empty or absent; made when absent. */
  readonly dir: string
  readonly size: 'small' | 'full'
  /** Other consumers than those of the size. */
  readonly consumers?: readonly ConsumerSpec[]
  /** Default: a new one. */
  readonly estateName?: string
  /** A store that outlives the estate, without any password; default: one inside its folder. */
  readonly storeUrl?: string
}

const consumersOf = {
  small: [
    { name: 'shop', manager: 'pnpm' },
    { name: 'admin', manager: 'npm' },
  ],
  full: [
    { name: 'shop', manager: 'pnpm' },
    { name: 'admin', manager: 'npm', after: ['shop'] },
    { name: 'portal', manager: 'pnpm' },
    { name: 'billing', manager: 'npm', after: ['admin', 'portal'] },
  ],
} as const satisfies Record<string, readonly ConsumerSpec[]>

const producer = 'engine'
const hourS = 3600
/** Consumers built at the same time. */
const atOnceMax = 4

/**
 * Builds an estate and leaves it running: version 1.0.0 is live and locked by every consumer, whose apps are
 * deployed at their main; the producer's main has 1.1.0, not yet published.
 *
 * @throws ConductError REHEARSAL_TOOL_MISSING, REHEARSAL_STEP, REHEARSAL_SERVER  nothing is left running.
 */
export async function buildEstate(options: BuildEstateOptions): Promise<Estate> {
  const { size, consumers = consumersOf[options.size] } = options
  const managers = new Set<string>(consumers.map((consumer) => consumer.manager))
  await requireTools(['git', 'npm', ...(managers.has('pnpm') || size === 'full' ? ['pnpm'] : [])])
  await mkdir(options.dir, { recursive: true })
  const layout = layoutOf(await realpath(options.dir))
  await writeFile(layout.attempts, '')
  const { registryPort, platformPort } = await startServer(layout.dir)
  try {
    const names = size === 'full' ? ['@rehearsal/money', '@rehearsal/engine'] : ['@rehearsal/engine']
    const record: EstateRecord = {
      format: 1,
      size,
      estateName: options.estateName ?? newEstateName(),
      ...(options.storeUrl === undefined ? {} : { store: options.storeUrl }),
      producer,
      consumers,
      packages: names.map((name) => ({ name, ...engineVersions })),
      registryPort,
      platformPort,
    }
    await buildProducer(layout, record)
    await eachOf(consumers, (consumer) => buildConsumer(layout, record, consumer))
    await mkdir(dirname(layout.store), { recursive: true })
    await writeFile(layout.estateFile, `${JSON.stringify(record, null, 2)}\n`)
    await writeFile(layout.lanesYaml, writeLanesYaml(layout, record))
    // What was needed to build is no attempt of anybody's train.
    await writeFile(layout.attempts, '')
    return toEstate(layout, record)
  } catch (error) {
    await stopServer(layout.dir)
    throw error
  }
}

async function buildProducer(layout: Layout, record: EstateRecord): Promise<void> {
  const registryUrl = registryUrlOf(record.registryPort)
  const token = await signUp(registryUrl)
  const filesOf = record.size === 'full' ? workspaceFiles : engineFiles
  const shared: Files = { '.gitignore': ignored, '.npmrc': npmrcWithToken(registryUrl, token) }
  const before = { ...shared, ...filesOf('from') }
  const lock = await inScratchFolder(before, async (folder) => {
    const publish = record.size === 'full' ? publishWorkspace : publishPackage
    await publish(folder, layout)
    return readFile(join(folder, 'pnpm-lock.yaml'), 'utf8').catch(() => null)
  })
  const locked: Files = lock === null ? {} : { 'pnpm-lock.yaml': lock }
  const at = nowS() - 48 * hourS
  await createRepository(layout, producer, [
    {
      message: `release ${engineVersions.from}\n`,
      files: { ...before, ...locked },
      at,
      tags: record.packages.map(({ name, from }) => tagOf(name, from)),
    },
    {
      message: 'feat: write a sum for people\n',
      files: { ...shared, ...filesOf('to'), ...locked },
      at: at + hourS,
    },
  ])
}

const publishPackage = async (folder: string, layout: Layout): Promise<void> => {
  await runStep(['npm', 'publish', '--ignore-scripts', '--cache', layout.npmCache], { cwd: folder })
}

const publishWorkspace = async (folder: string, layout: Layout): Promise<void> => {
  await runStep(['pnpm', 'install', '--lockfile-only', '--store-dir', layout.pnpmStore], { cwd: folder })
  await runStep(['pnpm', '-r', 'publish', '--no-git-checks', '--ignore-scripts'], { cwd: folder })
}

async function buildConsumer(layout: Layout, record: EstateRecord, consumer: ConsumerSpec): Promise<void> {
  const addresses = {
    registryUrl: registryUrlOf(record.registryPort),
    platformUrl: platformUrlOf(record.platformPort),
  }
  const files = { '.gitignore': ignored, ...appFiles(consumer, addresses) }
  const lockfile = consumer.manager === 'pnpm' ? 'pnpm-lock.yaml' : 'package-lock.json'
  const lock = await inScratchFolder(files, async (folder) => {
    await runStep(lockCommand(layout, consumer.manager), { cwd: folder })
    return readFile(join(folder, lockfile), 'utf8')
  })
  const at = nowS() - 24 * hourS
  const history: readonly HistoryCommit[] = [
    { message: `${consumer.name}: sell things\n`, files: { ...files, [lockfile]: lock }, at },
  ]
  await createRepository(layout, consumer.name, history)
  await deployFirst(addresses.platformUrl, consumer.name, await headOf(layout, consumer.name))
}

function lockCommand(layout: Layout, manager: ConsumerSpec['manager']): readonly string[] {
  return manager === 'pnpm'
    ? ['pnpm', 'install', '--lockfile-only', '--ignore-scripts', '--store-dir', layout.pnpmStore]
    : ['npm', 'install', '--package-lock-only', '--ignore-scripts', '--cache', layout.npmCache]
}

async function deployFirst(platformUrl: string, app: string, sha: string): Promise<void> {
  const response = await fetch(`${platformUrl}/deploy`, {
    method: 'POST',
    body: JSON.stringify({ app, sha }),
  })
  if (response.ok) return
  throw new ConductError('REHEARSAL_SERVER', `${app} could not be deployed: ${await response.text()}`)
}

/** A user of the registry, for this estate only; gives its token. */
async function signUp(registryUrl: string): Promise<string> {
  const name = 'ana'
  const response = await fetch(`${registryUrl}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: `rehearsal-${crypto.randomUUID()}` }),
  })
  const { token } = (await response.json()) as { readonly token?: string }
  invariant(response.status === 201 && token !== undefined, `the registry took no user: ${response.status}`)
  return token
}

async function inScratchFolder<T>(files: Files, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    return await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: atOnceMax }, work))
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
