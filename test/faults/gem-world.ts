import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type GemRegistry, startGemRegistry } from '@conduct/rehearsal'
import { hastyClock } from '../conductor/hasty-clock.ts'
import { type OpenedConductor, openConductor } from '../conductor/open-conductor.ts'
import { gemFiles, pushGem } from '../ecosystems/gem-seeds.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'

const execute = promisify(execFile)

/** A gem that nobody uses, so that its server is all that a run asks; something that can fail stands in front. */
export interface GemWorld extends AsyncDisposable {
  readonly gems: GemRegistry
  readonly proxy: FaultProxy
  /** As if 1.1.0, which main has, had never been published, for a conductor that remembers no run. */
  fresh(): Promise<OpenedConductor['conductor']>
  /** How often the server took 1.1.0. */
  taken(): number
}

export async function gemWorld(): Promise<GemWorld> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'gem-faults-')))
  const gems = await startGemRegistry()
  const proxy = await startFaultProxy(gems.port)
  const remote = path.join(dir, 'engine.git')
  const work = path.join(dir, 'work')
  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example']
    await execute('git', [...who, ...args], { cwd: dir })
  }
  const release = async (version: string) => {
    for (const [file, text] of Object.entries(gemFiles({ name: 'engine', version }))) {
      await mkdir(path.dirname(path.join(work, file)), { recursive: true })
      await writeFile(path.join(work, file), text)
    }
    await git('-C', work, 'add', '--all')
    await git('-C', work, 'commit', '--quiet', '--message', version)
    await git('-C', work, 'push', '--quiet', remote, 'HEAD:main')
  }
  await git('init', '--quiet', '--bare', '--initial-branch=main', remote)
  await git('init', '--quiet', '--initial-branch=main', work)
  await release('1.0.0')
  await pushGem(gems, { name: 'engine', version: '1.0.0' })
  await release('1.1.0')
  const lanesYaml = `version: 1
estate: gems
people: { ana: {} }
repos:
  engine: { remote: "file://${remote}", main: main, forge: none }
lanes:
  release_train: { use: release_train, captains: [ana], approval: none, justification: { irreversible: true, signed_off_by: ana } }
trains:
  engine:
    producer: { repo: engine, publish: [{ package: engine, registry: "${proxy.url}", timeout: 3s }] }
`
  await writeFile(path.join(dir, 'lanes.yaml'), lanesYaml)
  const opened: OpenedConductor[] = []
  return {
    gems,
    proxy,
    fresh: async () => {
      gems.forget('engine-1.1.0')
      await git('-C', remote, 'update-ref', '-d', 'refs/tags/v1.1.0')
      const storeUrl = `sqlite:${path.join(dir, `state-${opened.length}.db`)}`
      const one = await openConductor({ dir, storeUrl, lanesYaml, clock: hastyClock() })
      opened.push(one)
      return one.conductor
    },
    taken: () => gems.taken.filter((gem) => gem === 'engine-1.1.0').length,
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await gems[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
