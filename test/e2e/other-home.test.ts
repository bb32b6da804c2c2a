import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readWorld } from '../conductor/estate-world.ts'
import { isLong } from '../bounded.ts'

import { documentOf } from './conduct-process.ts'
import { isolation, openMachine } from './machine.ts'
import { openSharedEstate, type SharedEstate } from './shared-estate.ts'
import { type StoreKind, type StorePlace, storeKinds, storePlaces } from './store-places.ts'
import { expectExit, type RunDocument } from './train-process.ts'

/**
 * The machine that conducts is gone, with everything on it; a person at another one, with another home, knows the
 * address of lanes.yaml and types `resume`. Nothing that the first machine kept on its disk may be needed, and its
 * death cannot be proved from there: its lease has to lapse.
 */
const allPoints = [
  'claim:acted',
  'publish:intended',
  'publish:acted',
  'tag:acted',
  'adopt:intended',
  'adopt:acted',
  'deploy:acted',
  'release:acted',
] as const
/** After something irreversible on every store; the others by `CONDUCT_TEST_LONG`. */
const usualPoint = {
  sqlite: 'publish:acted',
  postgres: 'deploy:acted',
  s3: 'deploy:acted',
  git: 'publish:acted',
} as const satisfies Record<StoreKind, (typeof allPoints)[number]>
const minutesMax = 3 * 60_000
/**
 * Short enough to be waited for, and none that a busy machine could not renew: a call may take as long as `renew`, and
 * on a remote it is several processes.
 */
const leaseOf = {
  sqlite: '{ ttl: 8s, renew: 2s, margin: 1s }',
  postgres: '{ ttl: 8s, renew: 2s, margin: 1s }',
  s3: '{ ttl: 24s, renew: 6s, margin: 3s }',
  git: '{ ttl: 24s, renew: 6s, margin: 3s }',
} as const satisfies Record<StoreKind, string>

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

// Side by side: they mostly wait for a lease to lapse.
describe.concurrent.each(storeKinds)(
  'a run on %s whose machine is gone (needs: namespaces, as root or for users)',
  (kind) => {
    let place: StorePlace
    beforeAll(async () => {
      place = await storePlaces[kind]()
    })
    afterAll(() => place[Symbol.asyncDispose]())

    it.skipIf(isolation === null).each(isLong ? allPoints : [usualPoint[kind]])(
      'at %s is finished from another home, each effect made once',
      async (point) => {
        const folder = await temporary()
        const shared = await openSharedEstate({ folder, storeUrl: place.url, lease: leaseOf[kind] })
        const [first, second] = twoMachines({ kind, place, folder })
        try {
          const killed = await first.conduct(
            [...as(shared, 'cli:ana'), 'run', 'engine', '--approve', '--json'],
            { CONDUCT_REHEARSE_KILL_AT: point },
          )
          // All that it kept is out of reach, too.
          await rm(first.home, { recursive: true, force: true })
          const seen = documentOf(await second.conduct([...as(shared, 'cli:carl'), 'status', '--json']))
          const [{ run } = { run: 'none' }] = seen['runs'] as readonly { readonly run: string }[]
          const resumed = await second.conduct([...as(shared, 'cli:carl'), 'resume', run, '--wait', '--json'])

          expectExit(killed, 137)
          expectExit(resumed, 0)
          const document = documentOf(resumed) as unknown as RunDocument
          expect(document).toMatchObject({
            run,
            state: 'done',
            openings: [{ kind: 'run' }, { kind: 'resume' }],
          })
          await expectDoneOnce(shared, document)
        } finally {
          await shared.estate.stop()
        }
      },
      minutesMax,
    )
  },
)

/** On SQLite two homes of one host: the file is on its disk, and a container has process ids of its own. */
function twoMachines(options: {
  readonly kind: StoreKind
  readonly place: StorePlace
  readonly folder: string
}) {
  const { kind, place, folder } = options
  const isContainer = kind === 'sqlite'
  return ['first', 'second'].map((name) => openMachine({ name, folder, isContainer, env: place.env })) as [
    ReturnType<typeof openMachine>,
    ReturnType<typeof openMachine>,
  ]
}

function as({ config }: SharedEstate, name: string): readonly string[] {
  return ['-c', config, '--as', name]
}

/** What is true outside: one version, one commit, one deploy, one tag each, and the lane is free. */
async function expectDoneOnce({ estate }: SharedEstate, document: RunDocument): Promise<void> {
  const { publishes, pushes, deploys } = await estate.readAttempts()
  expect(Object.fromEntries(publishes)).toEqual({ '@rehearsal/engine@1.1.0': 1 })
  expect(Object.fromEntries(deploys)).toEqual({ shop: 1, admin: 1 })
  expect([...pushes.values()]).toEqual([1, 1, 1])
  const world = await readWorld(estate)
  expect(world.tags).toEqual(['engine-v1.0.0', 'engine-v1.1.0'])
  for (const { repo, commit } of document.adopted) {
    expect(world.heads[repo]).toBe(commit)
    expect(world.mains[repo]).toHaveLength(2)
    expect(world.running[repo]).toMatchObject({ sha: commit, engine: '1.1.0' })
  }
  expect(document.adopted).toHaveLength(2)
  expect(document.lane?.released).toBe(true)
}

async function temporary(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'conduct-other-home-')))
  folders.push(folder)
  return folder
}
