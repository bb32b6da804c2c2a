import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '../open-store.ts'
import { storeScenarios } from './conformance.ts'
import { defaultSqlitePath, prepareSqlitePlace, refusedFileSystem } from './sqlite-place.ts'

const folders: string[] = []

function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-sqlite-'))
  folders.push(folder)
  return join(folder, 'estate', 'state.db')
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('the SQLite store conforms', () => {
  test.each(storeScenarios)('$name', async ({ run }) => {
    await using a = await openStore(`sqlite:${freshPath()}`, { estate: 'acme' })
    await using b = await openStore(a.url, { estate: 'acme' })
    await using other = await openStore(a.url, { estate: 'zeta' })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})

describe('the SQLite store', () => {
  test('makes its folder for the user alone and syncs every commit to a write-ahead log', async () => {
    const path = freshPath()

    await using store = await openStore(`sqlite:${path}`)

    expect(store.url).toBe(`sqlite:${path}`)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    const db = new DatabaseSync(path)
    expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
    db.close()
  })

  test('opens and creates one file from many handles at once', async () => {
    const path = freshPath()

    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(`sqlite:${path}`)))

    for (const store of stores) await store[Symbol.asyncDispose]()
    expect(stores).toHaveLength(8)
  })

  test('answers STORE_UNREACHABLE, and never blocks the event loop, while another writer sits on the file', async () => {
    const path = freshPath()
    await using store = await openStore(`sqlite:${path}`, { callMsMax: 100 })
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    let turns = 0
    const ticking = setInterval(() => turns++, 1)

    const change = store.register.change('x', () => ({ write: { format: 1 }, result: null }))

    await expect(change).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', exit: 30, retryable: true })
    clearInterval(ticking)
    other.exec('rollback')
    other.close()
    expect(turns).toBeGreaterThan(3)
    expect(await store.register.read('x')).toBeNull()
  })

  test('goes on as soon as the other writer is done', async () => {
    const path = freshPath()
    await using store = await openStore(`sqlite:${path}`)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')

    const change = store.register.change('x', () => ({ write: { format: 1 }, result: 'written' }))
    other.exec('rollback')
    other.close()

    expect(await change).toBe('written')
  })

  test('takes over a file of the first schema with its documents and its records', async () => {
    const path = freshPath()
    mkdirSync(dirname(path), { recursive: true })
    const db = new DatabaseSync(path)
    db.exec(`
      create table document (id text primary key, version integer not null, body text not null) strict;
      create table record (
        log text not null, seq integer not null, body text not null, primary key (log, seq)
      ) strict;
      insert into document values ('lane/x', 7, '{"format":1}');
      insert into record values ('b', 2, '{"b":2}'), ('a', 1, '{"a":1}'), ('b', 1, '{"b":1}');
      pragma user_version = 1`)
    db.close()

    await using store = await openStore(`sqlite:${path}`)

    expect(await store.register.read('lane/x')).toEqual({ document: { format: 1 }, version: 7 })
    expect(await store.log.list('')).toEqual(['a', 'b'])
    expect(await store.log.read('b')).toEqual([
      { log: 'b', seq: 1, record: { b: 1 } },
      { log: 'b', seq: 2, record: { b: 2 } },
    ])
    expect(await store.log.append({ log: 'b', seq: 2, record: { b: 'again' } })).toBe('taken')
    expect(await store.log.append({ log: 'b', seq: 3, record: { b: 3 } })).toBe('appended')
  })

  test('refuses a file whose schema a newer conduct made', async () => {
    const path = freshPath()
    await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]()
    const db = new DatabaseSync(path)
    db.exec('pragma user_version = 99')
    db.close()

    await expect(openStore(`sqlite:${path}`)).rejects.toMatchObject({ code: 'STORE_NEWER', exit: 2 })
  })

  test('answers STORE_UNREACHABLE for a file that is no database and for a folder that cannot be made', async () => {
    const path = freshPath()
    await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]()

    await expect(openStore(`sqlite:${path}/below/a/file.db`)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
    })
    await expect(openStore(`sqlite:${process.execPath}`)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  })

  test.runIf(process.platform === 'linux')('refuses network and FUSE file systems by name', () => {
    expect(refusedFileSystem(0x6969)).toBe('nfs')
    expect(refusedFileSystem(-11317950)).toBe('cifs')
    expect(refusedFileSystem(0x65735546)).toBe('fuse')
    expect(refusedFileSystem(0xef53)).toBeNull()
    expect(() => prepareSqlitePlace(freshPath(), () => 0x6969)).toThrow(
      expect.objectContaining({ code: 'STORE_REFUSED', exit: 2 }),
    )
  })
})

describe('the address of a store', () => {
  test('plain sqlite is one place per user and estate', () => {
    expect(defaultSqlitePath('acme', { XDG_STATE_HOME: '/state', HOME: '/home/ana' })).toBe(
      '/state/conduct/acme/state.db',
    )
    expect(defaultSqlitePath('acme', { HOME: '/home/ana' })).toBe(
      '/home/ana/.local/state/conduct/acme/state.db',
    )
    expect(defaultSqlitePath('acme', { XDG_STATE_HOME: 'relative', HOME: '/home/ana' })).toBe(
      '/home/ana/.local/state/conduct/acme/state.db',
    )
  })

  test('plain sqlite is disabled in a CI job, an explicit path is not', async () => {
    const path = freshPath()

    await expect(openStore('sqlite', { estate: 'acme', env: { CI: 'true' } })).rejects.toMatchObject({
      code: 'STORE_DISABLED',
      exit: 2,
    })
    await using store = await openStore(`sqlite:${path}`, { env: { CI: 'true' } })
    expect(store.kind).toBe('sqlite')
  })

  test('names what this version has when it cannot open an address', async () => {
    await expect(openStore('mysql://db/conduct')).rejects.toMatchObject({
      code: 'STORE_UNSUPPORTED',
      exit: 2,
      message: expect.stringContaining('"mysql"; it has: sqlite'),
    })
    await expect(openStore('sqlite:relative.db')).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' })
    await expect(openStore('sqlite', { env: {} })).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' })
  })
})
