import { PgBoss } from 'pg-boss'
import type { Peer, Relay } from './peer.ts'

/** NOTIFY tells of new jobs; that the active one has ended is found by polling. This is the shortest it takes. */
const pollingIntervalSeconds = 0.5
const quiet = { supervise: false, schedule: false }

/** A queue of policy `singleton` has at most one active job: a turn is a job that is sent, fetched and completed. */
export async function openPgBoss(url: string): Promise<Peer> {
  const open = async (): Promise<PgBoss> => {
    const boss = new PgBoss({ connectionString: url, ...quiet })
    boss.on('error', () => undefined)
    await boss.start()
    return boss
  }
  const boss = await open()
  await boss.createQueue('turns', { policy: 'singleton' })
  await boss.createQueue('relay', { policy: 'singleton' })

  const relay = async ({ contenders, turns, inside }: Relay): Promise<void> => {
    let left = turns
    const done = Promise.withResolvers<void>()
    for (let job = 0; job < turns; job++) await boss.send('relay', {})
    const workers = await Promise.all(Array.from({ length: contenders }, open))
    for (const worker of workers) {
      await worker.work('relay', { pollingIntervalSeconds }, async () => {
        await inside()
        left -= 1
        if (left === 0) done.resolve()
      })
    }
    await done.promise
    await Promise.all(workers.map((worker) => worker.stop({ graceful: true })))
  }

  return {
    label: `pg-boss, a singleton queue (polls every ${pollingIntervalSeconds * 1000} ms, its least)`,
    turn: async () => {
      await boss.send('turns', {})
      const [job] = await boss.fetch('turns')
      if (job === undefined) throw new Error('nobody else takes jobs here')
      await boss.complete('turns', job.id)
    },
    relay,
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  }
}
