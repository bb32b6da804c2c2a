import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'
import { type JobOptions, runJob, startJob } from './start-job.ts'

const why =
  'justification: { incidents: ["https://acme.example/1", "https://acme.example/2"], signed_off_by: ana }'

/** Lanes with each answer to "it is held", each policy for a store that is away, and a lease that is soon over. */
export const lanesYaml = (store: string, lease = longLease): string => `version: 1
estate: jobs
store: ${store}
people: { ana: {}, ci: { kind: agent } }
repos: { shop: { remote: "file:///srv/shop.git" }, admin: { remote: "file:///srv/admin.git" } }
lanes:
  site:
    purpose: The site is published by one at a time.
    captains: [ana]
    ${lease}
    triggers: { paths: ["docs/**"] }
    justification: { irreversible: true, signed_off_by: ana }
  nightly: { purpose: Once a night is enough., captains: [ana], when_held: skip, ${why}, ${lease} }
  strict: { purpose: Whoever comes second is wrong., captains: [ana], when_held: fail, ${why}, ${lease} }
  seeds: { purpose: Seeds are loaded one by one., captains: [ana], store_policy: open, ${why}, ${lease} }
`

export interface Workplace extends Disposable {
  readonly path: string
  run(options: Pick<JobOptions, 'steps'> & Partial<JobOptions>): ReturnType<typeof runJob>
  start(options: Pick<JobOptions, 'steps'> & Partial<JobOptions>): ReturnType<typeof startJob>
  /** Ana at her desk. */
  ana(...words: readonly string[]): Promise<Record<string, unknown>>
  holders(lane: string): Promise<readonly { readonly holder: string; readonly token: number }[]>
  waiting(lane: string): Promise<readonly unknown[]>
}

/** One that nobody renews, and that no slow machine outlives. */
export const longLease = 'lease: { ttl: 4h, renew: 60s, margin: 12m }'

/** A checkout with a lanes.yaml, jobs that run in it, and ana, who has another home and folder. */
export function makeWorkplace(
  options: {
    readonly store?: string
    readonly env?: Readonly<Record<string, string>>
    readonly lease?: string
  } = {},
): Workplace {
  const folder = temporaryFolder()
  const workspace = join(folder.path, 'shop')
  mkdirSync(workspace)
  execFileSync('git', ['init', '--quiet', workspace])
  const store = options.store ?? `sqlite:${join(folder.path, 'store', 'state.db')}`
  writeFileSync(join(workspace, 'lanes.yaml'), lanesYaml(store, options.lease))
  const home = join(folder.path, 'ana')
  mkdirSync(home)
  let jobs = 0
  const complete = (job: Pick<JobOptions, 'steps'> & Partial<JobOptions>): JobOptions => {
    jobs += 1
    return {
      folder: join(folder.path, `job-${jobs}`),
      workspace,
      ...job,
      env: { ...options.env, ...job.env },
    }
  }
  const ana: Workplace['ana'] = async (...words) => {
    const config = join(workspace, 'lanes.yaml')
    const env = { HOME: home, ...options.env }
    return documentOf(
      await conduct(['--as', 'cli:ana', '--json', '-c', config, ...words], { cwd: home, env }),
    )
  }
  const look = async (lane: string, what: string) => (await ana('lane', 'show', lane))[what]
  return {
    path: folder.path,
    run: (job) => runJob(complete(job)),
    start: (job) => startJob(complete(job)),
    ana,
    holders: async (lane) => (await look(lane, 'holders')) as Awaited<ReturnType<Workplace['holders']>>,
    waiting: async (lane) => (await look(lane, 'waiting')) as readonly unknown[],
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}
