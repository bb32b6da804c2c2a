import { elapsedMs, quantile } from '../samples.ts'
import { showMs, showRatio, type Table } from '../table.ts'
import { openAdvisoryLock } from './peers/advisory-lock.ts'
import { openGraphileWorker } from './peers/graphile-worker.ts'
import { openLanesPeer } from './peers/lanes.ts'
import type { Peer } from './peers/peer.ts'
import { openPgBoss } from './peers/pg-boss.ts'
import { openProperLockfile } from './peers/proper-lockfile.ts'
import type { BenchServers } from './places.ts'

const turnRounds = 200
const contenders = 3
const relayTurns = 120
/** Long enough for the others to be in line when it ends. */
const insideMs = 25

interface Measured {
  readonly label: string
  readonly turnMs: readonly number[]
  readonly handOffMs: readonly number[]
}

/** Ours and what a user would pick instead, on the same Postgres and the same disk, in the same run. */
export async function againstPeers(servers: BenchServers): Promise<readonly Table[]> {
  await using stack = new AsyncDisposableStack()
  const postgres = stack.use(await servers.place('postgres'))
  const sqlite = stack.use(await servers.place('sqlite'))
  const ours = stack.use(await openLanesPeer(postgres))
  const onOneMachine = [
    stack.use(await openLanesPeer(sqlite)),
    stack.use(await openProperLockfile(sqlite.folder)),
  ]
  const onPostgres = [
    ours,
    stack.use(await openGraphileWorker(postgres.url)),
    stack.use(await openPgBoss(postgres.url)),
    stack.use(await openAdvisoryLock(postgres.url)),
  ]
  return [
    tableOf('On one Postgres, with every commit on disk', await measure(onPostgres)),
    tableOf('On one machine', await measure(onOneMachine)),
  ]
}

async function measure(peers: readonly Peer[]): Promise<readonly Measured[]> {
  const turns = peers.map((): number[] => [])
  for (let round = -turnRounds / 4; round < turnRounds; round++) {
    for (const [index, peer] of peers.entries()) {
      const ms = await elapsedMs(() => peer.turn())
      if (round >= 0) turns[index]?.push(ms)
    }
  }
  const measured: Measured[] = []
  for (const [index, peer] of peers.entries()) {
    measured.push({ label: peer.label, turnMs: turns[index] ?? [], handOffMs: await handOffs(peer) })
  }
  return measured
}

/** From the moment the one inside is done until the next one is inside. */
async function handOffs(peer: Peer): Promise<readonly number[]> {
  const found: number[] = []
  let doneMs: number | null = null
  let isInside = false
  await peer.relay({
    contenders,
    turns: relayTurns,
    inside: async () => {
      if (isInside) throw new Error(`${peer.label} let in two at a time`)
      isInside = true
      if (doneMs !== null) found.push(performance.now() - doneMs)
      await new Promise((resolve) => setTimeout(resolve, insideMs))
      isInside = false
      doneMs = performance.now()
    },
  })
  return found
}

function tableOf(where: string, measured: readonly Measured[]): Table {
  const [ours] = measured
  const baseMs = quantile(ours?.turnMs ?? [], 0.5)
  const baseHandOffMs = quantile(ours?.handOffMs ?? [], 0.5)
  return {
    title: `${where}: a turn with nobody else there, and the hand-off from one to the next of ${contenders}`,
    columns: ['', 'turn p50', 'against ours', 'hand-off p50', 'p99', 'p50 against ours'],
    rows: measured.map(({ label, turnMs, handOffMs }) => {
      const turn = quantile(turnMs, 0.5)
      const handOff = quantile(handOffMs, 0.5)
      return [
        label,
        showMs(turn),
        showRatio(turn / baseMs),
        showMs(handOff),
        showMs(quantile(handOffMs, 0.99)),
        showRatio(handOff / baseHandOffMs),
      ]
    }),
  }
}
