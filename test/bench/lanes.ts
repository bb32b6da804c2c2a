/**
 * Grant + release on SQLite against the floor of the same store: twice one read and one durable compare-and-set
 * of a document of the same size, on a bare `node:sqlite` connection with the same settings.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { type LaneDefinition, openLanes, openStore, systemClock } from '@conduct/lanes'

import { compare, printComparison } from './samples.ts'

const rounds = 300
const warmups = 50

const definition: LaneDefinition = {
  scope: 'repo_set',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 900_000,
  renewMs: 30_000,
  marginMs: 60_000,
  waitingTtlMs: 86_400_000,
  waitingMax: 200,
  acceptMs: 900_000,
  takeoverDelayMs: 120_000,
  captains: ['ana'],
  holders: null,
  purpose: 'Shared releases must not overwrite or strand each other.',
}

export async function measure(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  await using store = await openStore(`sqlite:${path.join(dir, 'state.db')}`, { estate: 'bench' })
  const lanes = openLanes({
    store,
    estate: 'bench',
    definitions: new Map([['release_train', definition]]),
    identity: { holder: 'bench:one', person: null },
    clock: systemClock,
  })
  const lane = lanes.lane('release_train')
  const grantAndRelease = async (): Promise<void> => {
    const answer = await lane.acquire({
      resources: ['engine', 'shop', 'admin'],
      waitMsMax: 0,
      attended: false,
    })
    if (answer.outcome !== 'granted') throw new Error(`expected a grant, got ${answer.outcome}`)
    await answer.lease.release()
  }
  for (let round = 0; round < warmups; round++) await grantAndRelease()
  const bytes = JSON.stringify((await lane.inspect()).document)
  const floor = bareCompareAndSet(path.join(dir, 'floor.db'), bytes)

  printComparison(
    await compare({
      name: `grant + release against twice a bare durable compare-and-set of ${bytes.length} bytes`,
      subject: { label: 'lane.acquire + lease.release', run: grantAndRelease },
      peer: {
        label: '2 × (read + durable compare-and-set)',
        run: async () => {
          floor()
          floor()
        },
      },
      rounds,
      warmups,
    }),
  )
  await rm(dir, { recursive: true, force: true })
}

function bareCompareAndSet(file: string, bytes: string): () => void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE documents (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL)')
  database.prepare('INSERT INTO documents VALUES (?, 1, ?)').run('lane', bytes)
  const read = database.prepare('SELECT version, body FROM documents WHERE id = ?')
  const write = database.prepare('UPDATE documents SET version = ?, body = ? WHERE id = ? AND version = ?')
  return () => {
    database.exec('BEGIN IMMEDIATE')
    const { version, body } = read.get('lane') as { version: number; body: string }
    JSON.parse(body)
    write.run(version + 1, bytes, 'lane', version)
    database.exec('COMMIT')
  }
}
