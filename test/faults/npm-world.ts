import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { hastyClock } from '../conductor/hasty-clock.ts'
import { type OpenedConductor, openConductor } from '../conductor/open-conductor.ts'
import { publishSeed } from '../ecosystems/publish-seed.ts'
import { startRegistry } from '../ecosystems/registry.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'

const execute = promisify(execFile)
export const npmName = '@acme/engine'

/** A package that nobody uses, so that its registry is all that a run asks; something that can fail stands in front. */
export interface NpmWorld extends AsyncDisposable {
  readonly proxy: FaultProxy
  /** Whose user may publish; tests run as them. */
  readonly home: string
  /** Main has the version after the last one, for a conductor that remembers no run. */
  next(): Promise<{ readonly conductor: OpenedConductor['conductor']; readonly version: string }>
  /** Past the proxy: whether it can be had. */
  isLive(version: string): Promise<boolean>
  /** How many publishes of it the registry took. */
  taken(version: string): number
}

export async function npmWorld(): Promise<NpmWorld> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'npm-faults-')))
  const registry = await startRegistry()
  const accepted: string[] = []
  const proxy = await startFaultProxy(Number(new URL(registry.url).port), {
    onAnswer: ({ method, status, body }) => {
      if (method === 'PUT' && status < 300) accepted.push(...Object.keys(publishedIn(body)))
    },
  })
  const remote = path.join(dir, 'engine.git')
  const work = path.join(dir, 'work')
  const home = path.join(dir, 'home')
  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example']
    await execute('git', [...who, ...args], { cwd: dir })
  }
  const release = async (version: string) => {
    const manifest = {
      name: npmName,
      version,
      main: 'index.js',
      repository: 'https://git.acme.example/engine',
    }
    await writeFile(path.join(work, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    await writeFile(path.join(work, 'index.js'), `module.exports = '${version}'\n`)
    await git('-C', work, 'add', '--all')
    await git('-C', work, 'commit', '--quiet', '--message', version)
    await git('-C', work, 'push', '--quiet', remote, 'HEAD:main')
  }
  await git('init', '--quiet', '--bare', '--initial-branch=main', remote)
  await git('init', '--quiet', '--initial-branch=main', work)
  await mkdir(home)
  await writeFile(path.join(home, '.npmrc'), `//127.0.0.1:${proxy.port}/:_authToken=${registry.token}\n`)
  await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc)
  await publishSeed(registry, { name: npmName, version: '1.0.0' })
  const lanesYaml = `version: 1
estate: npm
people: { ana: {} }
repos:
  engine: { remote: "file://${remote}", main: main, forge: none }
lanes:
  release_train: { use: release_train, captains: [ana], approval: none, justification: { irreversible: true, signed_off_by: ana } }
trains:
  engine:
    producer: { repo: engine, publish: [{ package: "${npmName}", registry: "${proxy.url}", timeout: 3s }] }
`
  await writeFile(path.join(dir, 'lanes.yaml'), lanesYaml)
  const opened: OpenedConductor[] = []
  return {
    proxy,
    home,
    next: async () => {
      const version = `1.${opened.length + 1}.0`
      await release(version)
      const storeUrl = `sqlite:${path.join(dir, `state-${opened.length}.db`)}`
      const one = await openConductor({ dir, storeUrl, lanesYaml, clock: hastyClock() })
      opened.push(one)
      return { conductor: one.conductor, version }
    },
    isLive: async (version) => {
      const response = await fetch(new URL(npmName.replace('/', '%2f'), registry.url))
      const { versions = {} } = (await response.json()) as { readonly versions?: object }
      return Object.hasOwn(versions, version)
    },
    taken: (version) => accepted.filter((one) => one === version).length,
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await registry[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function publishedIn(body: Buffer): object {
  const { versions = {} } = JSON.parse(body.toString('utf8')) as { readonly versions?: object }
  return versions
}
