import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ConductError, invariant } from '@conduct/core'
import {
  type ConsumerSpec,
  type Estate,
  type EstateRecord,
  type Formalities,
  gemsUrlOf,
  platformUrlOf,
  registryUrlOf,
  toEstate,
} from './estate.ts'
import { publishGem } from './gem-steps.ts'
import { type HistoryCommit, createRepository, headOf } from './git-history.ts'
import { tagOf, writeLanesYaml } from './lanes-yaml.ts'
import { type Layout, layoutOf, newEstateName } from './layout.ts'
import { possible } from './left-out.ts'
import { appFiles } from './repositories/app.ts'
import { engineFiles, engineVersions } from './repositories/engine.ts'
import { type Files, ignored, npmrcWithToken } from './repositories/files.ts'
import { gemFiles, gemName } from './repositories/gem.ts'
import { workspaceFiles } from './repositories/workspace.ts'
import { makeKey, makeMaintainer } from './people.ts'
import type { ForgeSetting } from './server/forge.ts'
import { type ServerRecord, serveForge, startServer, stopServer } from './server-process.ts'
import { requireTools, runStep } from './toolchain.ts'

export interface BuildEstateOptions {
  /** Empty or absent; made when absent. */
  readonly dir: string
  readonly size: 'small' | 'full'
  /** Other consumers than those of the size. */
  readonly consumers?: readonly ConsumerSpec[]
  /** Who publishes; default: npm for a small estate, pnpm for a full one, whose producer is a workspace. */
  readonly producerManager?: 'npm' | 'pnpm'
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
    { name: 'shop', manager: 'pnpm', isProtected: true },
    { name: 'admin', manager: 'npm', after: ['shop'] },
    { name: 'portal', manager: 'pnpm', isProtected: true, deploysBy: 'workflow' },
    { name: 'billing', manager: 'npm', after: ['admin', 'portal'] },
    { name: 'search', manager: 'yarn' },
    { name: 'kiosk', manager: 'bundler' },
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
  const { size } = options
  const wanted = options.consumers ?? consumersOf[size]
  const { consumers, leftOut } = await possible(wanted)
  const managers = new Set<string>(consumers.map((consumer) => consumer.manager))
  const producerManager = size === 'full' ? 'pnpm' : (options.producerManager ?? 'npm')
  const needsPnpm = managers.has('pnpm') || producerManager === 'pnpm'
  await requireTools([
    'git',
    'npm',
    ...(needsPnpm ? ['pnpm'] : []),
    ...(size === 'full' ? ['ssh-keygen'] : []),
  ])
  await mkdir(options.dir, { recursive: true })
  const layout = layoutOf(await realpath(options.dir))
  await writeFile(layout.attempts, '')
  const server = await startServer(layout.dir)
  const { registryPort, platformPort, gemPort } = server
  try {
    const names = size === 'full' ? ['@rehearsal/money', '@rehearsal/engine'] : ['@rehearsal/engine']
    const built: EstateRecord = {
      format: 1,
      size,
      estateName: options.estateName ?? newEstateName(),
      ...(options.storeUrl === undefined ? {} : { store: options.storeUrl }),
      producer,
      producerManager,
      consumers,
      packages: names.map((name) => ({ name, ...engineVersions })),
      registryPort,
      platformPort,
      ...(managers.has('bundler') ? { gemPort } : {}),
      leftOut,
    }
    await buildProducer(layout, built)
    await eachOf(consumers, (consumer) => buildConsumer(layout, built, consumer))
    const record = size === 'full' ? { ...built, formalities: await formalise(layout, built, server) } : built
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

const approver = 'carl'

/** A forge over the remotes that live there, and people with what they prove themselves by. */
async function formalise(layout: Layout, record: EstateRecord, server: ServerRecord): Promise<Formalities> {
  const approverKey = await makeKey(layout, approver)
  // The form of a real one, and too short to be taken for one: the commands that are printed have to show it.
  const forgeToken = `ghp_rehearsal_${crypto.randomUUID().slice(0, 8)}`
  const forgePort = await serveForge(server, forgeSettingOf(record, forgeToken))
  return { forgePort, forgeToken, approver, approverKey }
}

/** The producer and every consumer whose main is protected live at the forge. */
export function forgeSettingOf({ producer: library, consumers }: EstateRecord, token: string): ForgeSetting {
  return {
    token,
    login: 'ana-rehearsal',
    repos: [
      { name: library, isProtected: false, isDeployedThere: false },
      ...consumers
        .filter(({ isProtected }) => isProtected === true)
        .map(({ name, deploysBy }) => ({
          name,
          isProtected: true,
          isDeployedThere: deploysBy === 'workflow',
        })),
    ],
  }
}

async function buildProducer(layout: Layout, record: EstateRecord): Promise<void> {
  const registryUrl = registryUrlOf(record.registryPort)
  const token = await signUp(registryUrl)
  const gemsUrl = record.gemPort === undefined ? null : gemsUrlOf(record.gemPort)
  const filesOf = (version: 'from' | 'to'): Files => ({
    ...(record.size === 'full' ? workspaceFiles(version) : engineFiles(version, record.producerManager)),
    ...(gemsUrl === null ? {} : gemFiles(version, gemsUrl)),
  })
  await makeMaintainer(layout, npmrcWithToken(registryUrl, token))
  const shared: Files = { '.gitignore': ignored, '.npmrc': npmrcWithToken(registryUrl, token) }
  const before = { ...shared, ...filesOf('from') }
  const lock = await inScratchFolder(before, async (folder) => {
    await publishers[record.producerManager](folder, layout)
    if (gemsUrl !== null) await publishGem(folder, gemsUrl)
    return readFile(join(folder, 'pnpm-lock.yaml'), 'utf8').catch(() => null)
  })
  const locked: Files = lock === null ? {} : { 'pnpm-lock.yaml': lock }
  const at = nowS() - 48 * hourS
  await createRepository(layout, producer, [
    {
      message: `release ${engineVersions.from}\n`,
      files: { ...before, ...locked },
      at,
      tags: [
        ...record.packages.map(({ name, from }) => tagOf(name, from)),
        ...(gemsUrl === null ? [] : [tagOf(gemName, engineVersions.from)]),
      ],
    },
    {
      message: 'feat: write a sum for people\n',
      files: { ...shared, ...filesOf('to'), ...locked },
      at: at + hourS,
    },
  ])
}

const publishers = {
  npm: async (folder: string, layout: Layout): Promise<void> => {
    await runStep(['npm', 'publish', '--ignore-scripts', '--cache', layout.npmCache], { cwd: folder })
  },
  pnpm: async (folder: string, layout: Layout): Promise<void> => {
    await runStep(['pnpm', 'install', '--lockfile-only', '--store-dir', layout.pnpmStore], { cwd: folder })
    await runStep(['pnpm', '-r', 'publish', '--no-git-checks', '--ignore-scripts'], { cwd: folder })
  },
} as const

async function buildConsumer(layout: Layout, record: EstateRecord, consumer: ConsumerSpec): Promise<void> {
  const addresses = {
    registryUrl: registryUrlOf(record.registryPort),
    platformUrl: platformUrlOf(record.platformPort),
    gemsUrl: record.gemPort === undefined ? '' : gemsUrlOf(record.gemPort),
  }
  const files = { '.gitignore': ignored, ...appFiles(consumer, addresses) }
  const lockfile = lockfiles[consumer.manager]
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

const lockfiles = {
  npm: 'package-lock.json',
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  'yarn-classic': 'yarn.lock',
  bundler: 'Gemfile.lock',
} as const satisfies Record<ConsumerSpec['manager'], string>

function lockCommand(layout: Layout, manager: ConsumerSpec['manager']): readonly string[] {
  switch (manager) {
    case 'pnpm':
      return ['pnpm', 'install', '--lockfile-only', '--ignore-scripts', '--store-dir', layout.pnpmStore]
    case 'npm':
      return ['npm', 'install', '--package-lock-only', '--ignore-scripts', '--cache', layout.npmCache]
    case 'yarn':
      return ['yarn', 'install', '--mode=update-lockfile']
    case 'yarn-classic':
      return ['yarn', 'install', '--ignore-scripts', '--non-interactive']
    case 'bundler':
      return ['bundle', 'lock']
    default:
      return manager satisfies never
  }
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
