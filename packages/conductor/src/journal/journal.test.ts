import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConductError, type RunId } from '@conduct/core'
import { type Log, type Store, openStore, systemClock } from '@conduct/lanes/engine'
import { createHash } from 'node:crypto'
import { keepArtifactBytes, restoreArtifact } from './artifact-bytes.ts'
import { journalLog, loadJournal } from './journal.ts'
import type { JournalBody, PackedRecord } from './journal-record.ts'

const run = '8f2c11' as RunId

const created = {
  type: 'created',
  train: 'engine',
  estate: 'acme',
  by: 'cli:ana@host',
  request: { only: null, version: null, overrides: [], acknowledged: [] },
  salt: 'salt',
} as const satisfies JournalBody

function opened(holder: string) {
  return {
    type: 'opened',
    kind: 'run',
    holder,
    lane: 'release_train',
    resources: ['engine'],
    waitedMs: 0,
    configCommit: null,
  } as const
}

const kept: JournalBody = { type: 'kept', reason: 'part-way' }

describe('the journal', () => {
  let folder: string
  let store: Store

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journal-'))
    store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  })
  afterEach(async () => {
    await store[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const load = (log: Log = store.log) => loadJournal({ log, run, clock: systemClock })
  const slots = async () => (await store.log.read(journalLog(run))).map((entry) => entry.seq)

  it('keeps known secrets out of the store, however deep in a record they stand', async () => {
    const redact = (text: string) => text.replaceAll('hunter2', '***')
    const journal = await loadJournal({ log: store.log, run, clock: systemClock, redact })
    await journal.append({ ...created, request: { ...created.request, only: ['shop', 'hunter2'] } })

    await journal.append({ type: 'kept', reason: 'the deploy said: token hunter2 refused' })

    const stored = JSON.stringify(await store.log.read(journalLog(run)))
    expect(stored).toContain('the deploy said: token *** refused')
    expect(stored).toContain('["shop","***"]')
    expect(stored).not.toContain('hunter2')
    expect(JSON.stringify(journal.records())).not.toContain('hunter2')
  })

  it('writes records that are asked for at once together, in order, and never into more slots than it must', async () => {
    const journal = await load()
    await journal.append(created)
    await journal.open(7, opened('ana'))

    const written = await Promise.all(
      Array.from({ length: 120 }, (_, index) => journal.append({ type: 'kept', reason: `${index}` })),
    )

    expect(await slots()).toEqual([1, 2, 3, 4])
    expect(journal.records().slice(2)).toEqual(written)
    expect(journal.records().slice(2)).toMatchObject(
      Array.from({ length: 120 }, (_, index) => ({ reason: `${index}`, token: 7 })),
    )
    expect(new Set(written.map(({ id }) => id)).size).toBe(120)
    expect((await load()).records()).toEqual(journal.records())
  })

  it('writes what is asked for after it was opened behind that, with the new token', async () => {
    const journal = await load()

    await Promise.all([journal.append(created), journal.open(7, opened('ana')), journal.append(kept)])

    expect(journal.records().map(({ type, token }) => [type, token])).toEqual([
      ['created', 0],
      ['opened', 7],
      ['kept', 7],
    ])
  })

  it('tells nobody that a record is written before the slot is there', async () => {
    const storing = Promise.withResolvers<undefined>()
    const told: string[] = []
    const slow: Log = {
      append: async (entry) => {
        await storing.promise
        const outcome = await store.log.append(entry)
        told.push('stored')
        return outcome
      },
      read: (log, options) => store.log.read(log, options),
      list: (prefix) => store.log.list(prefix),
    }
    const journal = await load(slow)
    const appended = [kept, kept].map(async (body, index) => {
      await journal.append(body)
      told.push(`heard ${index}`)
    })

    storing.resolve(undefined)
    await Promise.all(appended)

    expect(told).toEqual(['stored', 'heard 0', 'heard 1'])
  })

  it('refuses every record of a slot that a newer writer has taken', async () => {
    const older = await load()
    await older.append(created)
    await older.open(7, opened('ana'))
    const newer = await load()
    await newer.open(8, opened('carl'))

    const refused = await Promise.allSettled([older.append(kept), older.append(kept)])

    expect(refused).toMatchObject(
      Array.from({ length: 2 }, () => ({ status: 'rejected', reason: { code: 'JOURNAL_TAKEN_OVER' } })),
    )
    expect(await slots()).toEqual([1, 2, 3])
  })

  it('ends an older writer with JOURNAL_TAKEN_OVER as soon as a newer one has opened it', async () => {
    const older = await load()
    await older.append(created)
    await older.open(7, opened('ana'))
    const newer = await load()
    await newer.open(8, opened('carl'))

    await expect(older.append(kept)).rejects.toMatchObject({ code: 'JOURNAL_TAKEN_OVER', exit: 11 })
    await expect(older.append(kept)).rejects.toThrow(/carl/)
    await newer.append(kept)
    expect((await load()).records().map((record) => record.type)).toEqual([
      'created',
      'opened',
      'opened',
      'kept',
    ])
  })

  it('refuses to open with a token that is not higher than the last one', async () => {
    const first = await load()
    await first.append(created)
    await first.open(7, opened('ana'))
    const stale = await load()

    await expect(stale.open(7, opened('carl'))).rejects.toMatchObject({ code: 'JOURNAL_TAKEN_OVER' })
    await first.append(kept)
  })

  it('opens behind what an older writer wrote in between, and never skips a slot', async () => {
    const older = await load()
    await older.append(created)
    await older.open(7, opened('ana'))
    const newer = await load()
    await older.append(kept)
    await older.append(kept)

    await newer.open(8, opened('carl'))

    expect(await slots()).toEqual([1, 2, 3, 4, 5])
    expect(newer.records().map((record) => record.token)).toEqual([0, 7, 7, 7, 8])
  })

  it('recognises its own record when the store acted and the answer got lost', async () => {
    let losses = 0
    const lossy: Log = {
      ...store.log,
      append: async (entry) => {
        const outcome = await store.log.append(entry)
        if (entry.seq === 2 && losses < 2) {
          losses += 1
          throw new ConductError('STORE_UNREACHABLE', 'the answer got lost')
        }
        return outcome
      },
      read: (log, options) => store.log.read(log, options),
      list: (prefix) => store.log.list(prefix),
    }
    const journal = await load(lossy)
    await journal.append(created)

    await Promise.all([journal.append(kept), journal.append(kept)])

    expect(losses).toBe(2)
    expect(await slots()).toEqual([1, 2])
    expect(journal.records().map(({ type }) => type)).toEqual(['created', 'kept', 'kept'])
  })

  it('reads nothing into a record of a newer conduct: STORE_NEWER', async () => {
    await store.log.append({ log: journalLog(run), seq: 1, record: { format: 2, type: 'created' } })

    await expect(load()).rejects.toMatchObject({ code: 'STORE_NEWER', exit: 2 })
  })

  it('keeps the packed bytes in chunks and proves them when they come back', async () => {
    const bytes = Buffer.alloc(1_300_000, 'conduct')
    const path = join(folder, 'engine.tgz')
    await writeFile(path, bytes)
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    const packed = { path, integrity, sizeBytes: bytes.length }
    const log = `run/${run}/artifact/1`

    const where = await keepArtifactBytes({ store: store.log, log, packed })
    const record: PackedRecord = {
      package: '@acme/engine',
      version: '4.3.0',
      integrity,
      sizeBytes: bytes.length,
      ...where,
    }

    expect(where).toEqual({ log, chunks: 3 })
    const back = await restoreArtifact({ store: store.log, record, directory: join(folder, 'back') })
    expect(back).toMatchObject({ integrity, sizeBytes: bytes.length })
    const other = { ...record, integrity: 'sha512-other' }
    await expect(
      restoreArtifact({ store: store.log, record: other, directory: folder }),
    ).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' })
  })
})
