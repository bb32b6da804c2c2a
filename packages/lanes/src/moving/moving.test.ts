import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunId } from '@conduct/core'
import type { Lanes } from '../api.ts'
import { checkHistory } from '../core/index.ts'
import { tokensPerEpoch } from '../core/slots.ts'
import type { LaneDefinition } from '../document.ts'
import { systemClock } from '../host/system-clock.ts'
import { openLanes } from '../open-lanes.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../store.ts'
import { quickDefinition } from '../testing/lane-definitions.ts'
import { exportEstate } from './export-estate.ts'
import { importEstate, takeBackEstate } from './import-estate.ts'

let folder = ''
let here: Store
let there: Store

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-moving-'))
  here = await open('here')
  there = await open('there')
})
afterEach(async () => {
  await here[Symbol.asyncDispose]()
  await there[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const open = (name: string) => openStore(`sqlite:${join(folder, name, 'state.db')}`, { estate: 'acme' })
const path = () => join(folder, 'acme.lanes')
const definitions = new Map<string, LaneDefinition>([
  ['lane', { ...quickDefinition, takeoverDelayMs: 0 }],
  ['other', { ...quickDefinition, captains: [] }],
])
const moving = (store: Store, by = 'captain') => {
  return { store, estate: 'acme', definitions, clock: systemClock, by, path: path() }
}
const exportTo = (from: Store, to: Store, by?: string) =>
  exportEstate({ ...moving(from, by), movingTo: to.url })

function lanesOn(store: Store, name = 'ana'): Lanes {
  return openLanes({
    store,
    estate: 'acme',
    definitions,
    identity: { holder: `cli:${name}@host`, person: name },
    clock: systemClock,
    renewal: 'inline',
  })
}

const asked = { resources: ['shop'], waitMsMax: 0, attended: false } as const

async function grant(store: Store): Promise<number> {
  const answer = await lanesOn(store).lane('lane').acquire(asked)
  if (answer.outcome !== 'granted') throw new Error(answer.outcome)
  await answer.lease.release()
  return answer.lease.token
}

/** A lane with a past, a line that waits for a pause to end, and things of a run. */
async function fill(store: Store, records = 20): Promise<void> {
  await grant(store)
  await grant(store)
  await lanesOn(store, 'captain').lane('lane').pause({ reason: 'we move' })
  for (const name of ['ben', 'carl']) {
    await lanesOn(store, name)
      .lane('lane')
      .acquire({ ...asked, secret: `secret of ${name}` })
  }
  await store.register.change('plan/p1', () => ({ write: { format: 1, text: '\u2028 é "q"' }, result: null }))
  for (let seq = 1; seq <= records; seq++) {
    await store.log.append({ log: 'run/r1/journal', seq, record: { format: 1, line: `${seq}\r\n` } })
  }
}

async function everything(store: Store) {
  const documents = await Promise.all(
    (await store.register.list('')).map(async (id) => [id, (await store.register.read(id))?.document]),
  )
  const logs = await Promise.all(
    (await store.log.list('')).map(async (log) => [log, await store.log.read(log)]),
  )
  return { documents: Object.fromEntries(documents), logs: Object.fromEntries(logs) }
}

test('everything travels: documents, history, journals, and the line in its order', async () => {
  await fill(here, 501)
  const result = await exportTo(here, there)
  const sealed = await everything(here)

  const imported = await importEstate(moving(there))

  expect(result).toMatchObject({ outcome: 'exported', lanes: ['lane', 'other'], waiting: 2, documents: 3 })
  expect(imported).toMatchObject({
    outcome: 'imported',
    from: here.url,
    lanes: [
      { lane: 'lane', epoch: 1, waiting: 2 },
      { lane: 'other', epoch: 1, waiting: 0 },
    ],
  })
  const now = await everything(there)
  expect(now.documents['plan/p1']).toEqual(sealed.documents['plan/p1'])
  expect(now.logs['run/r1/journal']).toEqual(sealed.logs['run/r1/journal'])
  expect(now.logs['run/r1/journal']).toHaveLength(501)
  await lanesOn(there, 'captain').lane('lane').unpause({})
  const turn = await lanesOn(there, 'ben')
    .lane('lane')
    .acquire({ ...asked, secret: 'secret of ben' })
  expect(turn).toMatchObject({ outcome: 'granted', lease: { token: tokensPerEpoch + 1 } })
  const view = await lanesOn(there).lane('lane').inspect()
  expect(view.waiting).toMatchObject([{ holder: 'cli:carl@host', position: 1 }])
  const history = await lanesOn(there).lane('lane').history()
  expect(history.map(({ operation }) => operation.kind)).toContain('import')
  expect(history.slice(0, 5)).toEqual(
    sealed.logs['lane/lane/history'].slice(0, 5).map((entry: { record: object }) => entry.record),
  )
  expect(await lanesOn(there).lane('lane').verifyHistory()).toMatchObject({ isIntact: true, problem: null })
  expect(checkHistory(history)).toEqual([])
})

test('the sealed store answers STORE_MOVED with the new address to everything, also for a lane never used', async () => {
  await grant(here)
  await exportTo(here, there)
  const lane = lanesOn(here).lane('lane')
  const moved = {
    code: 'STORE_MOVED',
    exit: 2,
    message: `The lanes of this estate were moved to ${there.url}.`,
  }

  await expect(lane.acquire(asked)).rejects.toMatchObject(moved)
  await expect(lane.inspect()).rejects.toMatchObject(moved)
  await expect(lane.release({ claim: 'x' as never, secret: 'y' })).rejects.toMatchObject(moved)
  await expect(lanesOn(here, 'captain').lane('lane').pause({ reason: 'x' })).rejects.toMatchObject(moved)
  await expect(
    lanesOn(here, 'captain').lane('lane').recover({ reason: 'x', force: true }),
  ).rejects.toMatchObject(moved)
  await expect(lanesOn(here).lane('other').acquire(asked)).rejects.toMatchObject(moved)
})

test('while somebody holds, is offered a turn, or kept a lane for a stopped run, nothing is sealed', async () => {
  const ana = await lanesOn(here)
    .lane('lane')
    .acquire({ ...asked, run: 'run-1' as RunId, attended: true })
  if (ana.outcome !== 'granted') throw new Error(ana.outcome)
  await ana.lease.stop({ reason: 'published engine' })
  await lanesOn(here, 'ben').lane('lane').acquire(asked)

  expect(await exportTo(here, there)).toMatchObject({
    outcome: 'held',
    holders: [{ lane: 'lane', holder: 'cli:ana@host', run: 'run-1', kept: 'published engine' }],
  })
  await lanesOn(here, 'captain').lane('lane').forceRelease({ token: 1, reason: 'gone' })
  await lanesOn(here, 'captain').lane('lane').pause({ reason: 'x' })
  expect(await exportTo(here, there)).toMatchObject({ outcome: 'exported', waiting: 1 })
  expect(readdirSync(folder)).toContain('acme.lanes')
})

test('who takes a lane while others are being sealed keeps it, and those are open again', async () => {
  let change = 0
  const register: Store['register'] = {
    ...here.register,
    change: async (id, decide) => {
      change += 1
      if (change === 2) {
        const answer = await lanesOn(here).lane('other').acquire(asked)
        if (answer.outcome !== 'granted') throw new Error(answer.outcome)
      }
      return here.register.change(id, decide)
    },
  }

  const result = await exportTo({ ...here, register }, there)

  expect(result).toMatchObject({ outcome: 'held', holders: [{ lane: 'other', holder: 'cli:ana@host' }] })
  expect(readdirSync(folder)).not.toContain('acme.lanes')
  expect(await grant(here)).toBe(1)
  expect(await lanesOn(here).lane('lane').verifyHistory()).toMatchObject({ isIntact: true })
})

test('repeated, the export gives the same bytes, readable by its user only; another address is refused', async () => {
  await fill(here)
  const first = await exportTo(here, there)
  const bytes = readFileSync(path())
  const again = await exportTo(here, there)

  expect(again).toEqual(first)
  expect(readFileSync(path()).equals(bytes)).toBe(true)
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  const elsewhere = exportEstate({ ...moving(here), movingTo: 's3://bucket/acme' })
  await expect(elsewhere).rejects.toMatchObject({ code: 'STORE_MOVED' })
})

test('only a captain of some lane moves the estate', async () => {
  await expect(exportTo(here, there, 'ana')).rejects.toMatchObject({ code: 'NOT_CAPTAIN' })
  await exportTo(here, there)

  await expect(importEstate(moving(there, 'ana'))).rejects.toMatchObject({ code: 'NOT_CAPTAIN' })
})

describe('a file that is not what was written is refused as EXPORT_INVALID', () => {
  const broken: readonly (readonly [string, (text: string) => string])[] = [
    ['cut in a line', (text) => text.slice(0, -5)],
    ['cut after a line', (text) => `${text.split('\n').slice(0, 4).join('\n')}\n`],
    ['edited', (text) => text.replace('"we move"', '"we MOVE"')],
    ['a record left out', (text) => text.replace(/\{"log":"run\/r1\/journal"[^\n]*\n/, '')],
    ['longer', (text) => `${text}{"document":"plan/p2","body":{}}\n`],
    ['another kind of file', () => '{"format":1}\n'],
    ['no JSON', () => 'format: 1\n'],
    ['empty', () => ''],
  ]
  test.each(broken)('%s', async (_how, change) => {
    await fill(here)
    await exportTo(here, there)
    writeFileSync(path(), change(readFileSync(path(), 'utf8')))

    await expect(importEstate(moving(there))).rejects.toMatchObject({ code: 'EXPORT_INVALID' })
    expect(await everything(there)).toEqual({ documents: {}, logs: {} })
  })

  test('and a newer one as STORE_NEWER, a missing one as EXPORT_INVALID', async () => {
    await exportTo(here, there)
    writeFileSync(path(), readFileSync(path(), 'utf8').replace('"format":1', '"format":2'))
    await expect(importEstate(moving(there))).rejects.toMatchObject({ code: 'STORE_NEWER' })
    rmSync(path())

    await expect(importEstate(moving(there))).rejects.toMatchObject({ code: 'EXPORT_INVALID' })
  })
})

describe('nothing that lives is replaced: IMPORT_REFUSED', () => {
  const refusal = { code: 'IMPORT_REFUSED', exit: 2 }

  test('a lane that is used there already', async () => {
    await grant(here)
    await exportTo(here, there)
    await grant(there)

    await expect(importEstate(moving(there))).rejects.toMatchObject(refusal)
    expect(await grant(there)).toBe(2)
  })

  test('a plan or a record that is another one there', async () => {
    await fill(here)
    await exportTo(here, there)
    await there.register.change('plan/p1', () => ({ write: { format: 1 }, result: null }))
    await expect(importEstate(moving(there))).rejects.toMatchObject(refusal)
    await there.register.change('plan/p1', () => ({
      write: { format: 1, text: '\u2028 é "q"' },
      result: null,
    }))
    await there.log.append({ log: 'run/r1/journal', seq: 3, record: { other: true } })

    await expect(importEstate(moving(there))).rejects.toMatchObject({
      ...refusal,
      message: 'Record 3 of run/r1/journal is another one in this store.',
    })
    expect(await there.register.list('lane/')).toEqual([])
  })

  test('the store it comes from, a store it was not sealed for, another estate', async () => {
    await grant(here)
    await exportTo(here, there)
    await using third = await open('third')

    await expect(importEstate(moving(here))).rejects.toMatchObject({
      ...refusal,
      hint: expect.stringContaining('--take-back') as string,
    })
    await expect(importEstate(moving(third))).rejects.toMatchObject(refusal)
    await expect(importEstate({ ...moving(there), estate: 'other' })).rejects.toMatchObject(refusal)
  })

  test('a lane that had another life there, although it has been moved away since', async () => {
    await using third = await open('third')
    await grant(there)
    await exportTo(there, third)
    await lanesOn(here, 'captain').lane('lane').recover({ reason: 'to a higher epoch', force: true })
    await exportTo(here, there)

    await expect(importEstate(moving(there))).rejects.toMatchObject(refusal)
  })

  test('an old file, after the lanes went on and came back', async () => {
    await grant(here)
    await exportTo(here, there)
    const old = readFileSync(path())
    await importEstate(moving(there))
    await exportTo(there, here)
    const back = readFileSync(path())
    writeFileSync(path(), old)
    await expect(importEstate(moving(there))).rejects.toMatchObject(refusal)
    writeFileSync(path(), back)

    expect(await importEstate(moving(here))).toMatchObject({ outcome: 'imported', lanes: [{ epoch: 2 }, {}] })
    expect(await grant(here)).toBe(2 * tokensPerEpoch + 1)
    expect(await lanesOn(here).lane('lane').verifyHistory()).toMatchObject({ isIntact: true, problem: null })
    await expect(lanesOn(there).lane('lane').inspect()).rejects.toMatchObject({ code: 'STORE_MOVED' })
  })
})

test('moving back takes along what changed meanwhile', async () => {
  await fill(here)
  await exportTo(here, there)
  await importEstate(moving(there))
  await there.register.change('plan/p1', () => ({ write: { format: 1, text: 'approved' }, result: null }))
  await there.log.append({ log: 'run/r1/journal', seq: 21, record: { line: 21 } })
  await exportTo(there, here)

  await importEstate(moving(here))

  expect((await here.register.read('plan/p1'))?.document).toEqual({ format: 1, text: 'approved' })
  expect(await here.log.read('run/r1/journal', { fromSeq: 21 })).toHaveLength(1)
})

test('imported twice, the second time does nothing, even when the lanes have gone on', async () => {
  await fill(here)
  await exportTo(here, there)
  await importEstate(moving(there))
  await lanesOn(there, 'captain').lane('lane').unpause({})
  await there.register.change('plan/p1', () => ({ write: { format: 1, text: 'approved' }, result: null }))
  const before = await everything(there)

  expect(await importEstate(moving(there))).toMatchObject({ outcome: 'already', lanes: [{ epoch: 1 }, {}] })
  expect(await everything(there)).toEqual(before)
})

test('taken back, the old store goes on above whatever the new one could have granted; changed, it does not', async () => {
  await grant(here)
  await exportTo(here, there)
  await expect(takeBackEstate(moving(there))).rejects.toMatchObject({ code: 'IMPORT_REFUSED' })

  await takeBackEstate(moving(here))
  await takeBackEstate(moving(here))

  expect(await grant(here)).toBe(2 * tokensPerEpoch + 1)
  expect(await lanesOn(here).lane('lane').verifyHistory()).toMatchObject({ isIntact: true })
  const old = readFileSync(path())
  await exportTo(here, there)
  writeFileSync(path(), old)
  await expect(takeBackEstate(moving(here))).rejects.toMatchObject({ code: 'IMPORT_REFUSED' })
})

test.each([0, 1, 3, 20, 29, 30, 31])(
  'cut off after %i writes, the import is finished by the next one',
  async (writes) => {
    await fill(here)
    await exportTo(here, there)
    let left = writes
    const spend = (): void => {
      left -= 1
      if (left < 0) throw new RangeError('cut off')
    }
    const cut: Store = {
      ...there,
      register: {
        ...there.register,
        change: async (id, decide) => (spend(), there.register.change(id, decide)),
      },
      log: { ...there.log, append: async (entry) => (spend(), there.log.append(entry)) },
    }
    await expect(importEstate(moving(cut))).rejects.toThrow('cut off')

    expect(await importEstate(moving(there))).toMatchObject({ outcome: 'imported' })

    await lanesOn(there, 'captain').lane('lane').unpause({})
    expect(await there.log.read('run/r1/journal')).toHaveLength(20)
    expect(await lanesOn(there).lane('lane').verifyHistory()).toMatchObject({ isIntact: true, problem: null })
    expect((await lanesOn(there).lane('lane').inspect()).holders).toMatchObject([
      { token: tokensPerEpoch + 1 },
    ])
  },
)

test('a store that went back to before it was sealed still says where its lanes went', async () => {
  await grant(here)
  const { document } = (await here.register.read('lane/lane')) ?? {}
  await exportTo(here, there)
  await here.register.change('lane/lane', () => ({ write: document, result: null }))

  await expect(lanesOn(here).lane('lane').acquire(asked)).rejects.toMatchObject({ code: 'STORE_MOVED' })
  const recovery = lanesOn(here, 'captain').lane('lane').recover({ reason: 'backup' })
  await expect(recovery).rejects.toMatchObject({ code: 'STORE_MOVED' })
})
