import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { conduct, documentOf, normalise, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

let folder: ReturnType<typeof temporaryFolder>
let ana: { readonly cwd: string; readonly env: Record<string, string> }
let carl: typeof ana

beforeEach(() => {
  folder = temporaryFolder()
  setStore('old')
  const checkout = (name: string) => {
    const cwd = join(folder.path, name)
    mkdirSync(cwd)
    return { cwd, env: { XDG_STATE_HOME: join(folder.path, 'state'), USER: name } }
  }
  ana = checkout('ana')
  carl = checkout('carl')
})

afterEach(() => {
  folder[Symbol.dispose]()
})

const address = (name: string) => join(folder.path, name, 'state.db')

function setStore(name: string): void {
  folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', address(name)))
}

const asAna = ['--as', 'cli:ana']
const asCarl = ['--as', 'cli:carl']
const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop']
const release = ['lane', 'release', 'release_train']
const exportTo = (name: string) => [
  'lane',
  'export',
  '-o',
  'acme.lanes',
  '--moving-to',
  `sqlite:${address(name)}`,
]
const importIt = ['lane', 'import', 'acme.lanes']

test('an estate moves to another store: sealed, written, imported, and the tokens rise on', async () => {
  await conduct([...asAna, ...acquire], ana)
  await conduct([...asAna, ...release], ana)

  const exported = await conduct([...asAna, ...exportTo('new')], ana)
  const moved = await conduct([...asCarl, ...acquire, '--json'], carl)
  const early = await conduct([...asAna, ...importIt, '--json'], ana)
  setStore('new')
  const imported = await conduct([...asAna, ...importIt], ana)
  const again = await conduct([...asAna, ...importIt, '--json'], ana)
  const granted = await conduct([...asCarl, ...acquire, '--json'], carl)
  const verified = await conduct(['lane', 'history', 'release_train', '--verify', '--json'], carl)

  expect([exported.exit, imported.exit, granted.exit]).toEqual([0, 0, 0])
  expect(normalise(exported.stdout, folder.path)).toMatchInlineSnapshot(`
    "✔ <folder>/ana/acme.lanes holds 3 lanes, 3 documents and 5 records.
    The lanes are sealed: everybody is told that they moved to sqlite:<folder>/new/state.db.
    Put that address under store: in <folder>/lanes.yaml, then import the file.
    Next: node <conduct.js> -c <folder>/lanes.yaml --as cli:ana lane import <folder>/ana/acme.lanes
    "
  `)
  expect(statSync(join(ana.cwd, 'acme.lanes')).mode & 0o777).toBe(0o600)
  expect(documentOf(moved)).toMatchObject({
    ok: false,
    exit: 2,
    error: {
      code: 'STORE_MOVED',
      message: `The lanes of this estate were moved to sqlite:${address('new')}.`,
    },
  })
  expect(documentOf(early)).toMatchObject({ exit: 2, error: { code: 'IMPORT_REFUSED' } })
  expect(normalise(imported.stdout, folder.path)).toMatchInlineSnapshot(`
    "✔ 3 lanes go on in this store, with 3 documents and 5 records from sqlite:<folder>/old/state.db.
    Next: node <conduct.js> -c <folder>/lanes.yaml --as cli:ana lane list
    "
  `)
  expect(documentOf(again)).toMatchObject({
    ok: true,
    exit: 0,
    outcome: 'already',
    from: `sqlite:${address('old')}`,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  })
  expect(documentOf(granted)).toMatchObject({ outcome: 'granted', token: 2 ** 32 + 1 })
  expect(documentOf(verified)).toMatchObject({ exit: 0, verified: { intact: true } })
})

test('while a lane is held nothing is sealed, and the holder is named (10)', async () => {
  await conduct([...asAna, ...acquire, '--task', 'ABC-12'], ana)
  await conduct([...asCarl, ...acquire], carl)

  const text = await conduct([...asAna, ...exportTo('new')], ana)
  const json = await conduct([...asAna, ...exportTo('new'), '--json'], ana)
  const notCaptain = await conduct(['--as', 'cli:ben', ...exportTo('new'), '--json'], ana)
  const shown = await conduct(['lane', 'show', 'release_train', '--json'], ana)

  expect([text.exit, json.exit, notCaptain.exit, shown.exit]).toEqual([10, 10, 6, 0])
  expect(normalise(text.stdout, folder.path)).toMatchInlineSnapshot(`
    "release_train {shop} is held by cli:ana@<host>#ana since <hh:mm>, for ABC-12.
    Nothing was sealed or written.
    Next: node <conduct.js> -c <folder>/lanes.yaml --as cli:ana lane list
    "
  `)
  expect(documentOf(json)).toMatchObject({
    ok: true,
    outcome: 'refused',
    holders: [{ lane: 'release_train', task: 'ABC-12', resources: ['shop'], run: null, kept: null }],
  })
})

test('a place in line moves along, and its proof is found again in the new store', async () => {
  await conduct([...asAna, 'lane', 'pause', 'release_train', '--reason', 'we move'], ana)
  const queued = documentOf(await conduct([...asCarl, ...acquire, '--json'], carl))
  await conduct([...asAna, ...exportTo('new')], ana)
  setStore('new')
  const imported = documentOf(await conduct([...asAna, ...importIt, '--json'], ana))
  await conduct([...asAna, 'lane', 'unpause', 'release_train'], ana)

  const turn = documentOf(await conduct([...asCarl, ...acquire, '--json'], carl))
  const released = documentOf(await conduct([...asCarl, ...release, '--json'], carl))

  expect(queued).toMatchObject({ exit: 10, outcome: 'queued' })
  expect(imported).toMatchObject({ lanes: [{}, {}, { lane: 'release_train', waiting: 1 }] })
  expect(turn).toMatchObject({ exit: 0, outcome: 'granted', claim: queued['claim'], token: 2 ** 32 + 1 })
  expect(released).toMatchObject({ outcome: 'released' })
})

test('stays where it was after all, with --take-back', async () => {
  await conduct([...asAna, ...exportTo('new')], ana)
  const file = readFileSync(join(ana.cwd, 'acme.lanes'), 'utf8')
  const repeated = await conduct([...asAna, ...exportTo('new'), '--json'], ana)

  const back = await conduct([...asAna, ...importIt, '--take-back', '--json'], ana)
  const granted = await conduct([...asAna, ...acquire, '--json'], ana)

  expect(repeated.exit).toBe(0)
  expect(readFileSync(join(ana.cwd, 'acme.lanes'), 'utf8')).toBe(file)
  expect(documentOf(back)).toMatchObject({ exit: 0, outcome: 'taken_back', lanes: [{ epoch: 2 }, {}, {}] })
  expect(documentOf(granted)).toMatchObject({ outcome: 'granted', token: 2 * 2 ** 32 + 1 })
})

test('what cannot be is refused before anything is sealed', async () => {
  const same = await conduct([...asAna, ...exportTo('old'), '--json'], ana)
  const unknown = await conduct(
    [...asAna, 'lane', 'export', '-o', 'x', '--moving-to', 'redis://x', '--json'],
    ana,
  )
  const noFile = await conduct([...asAna, ...importIt, '--json'], ana)
  const unwritable = await conduct(
    [...asAna, 'lane', 'export', '-o', 'no/such/folder', '--moving-to', `sqlite:${address('new')}`, '--json'],
    ana,
  )

  expect(documentOf(same)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
  expect(documentOf(unknown)).toMatchObject({ exit: 2, error: { code: 'STORE_UNSUPPORTED' } })
  expect(documentOf(noFile)).toMatchObject({ exit: 2, error: { code: 'EXPORT_INVALID' } })
  expect(documentOf(unwritable)).toMatchObject({ exit: 2, error: { code: 'OUTPUT_UNWRITABLE' } })
  expect((await conduct([...asAna, ...acquire], ana)).exit).toBe(0)
})

test('work items of a store that was sealed are neither moved nor added nor flagged there any more; in the new one they go on', async () => {
  const task = (...words: readonly string[]) => conduct(['--as', 'cli:ana', 'task', ...words, '--json'], ana)
  await task('add', 'T-1', '--title', 'before')
  await conduct([...asAna, ...exportTo('new')], ana)

  const refused = [
    await task('move', 'T-1', '--to', 'doing', '--from', 'open'),
    await task('done', 'T-1'),
    await task('add', 'T-2'),
    await task('flag', 'T-1', 'requires_migration'),
  ]
  setStore('new')
  await conduct([...asAna, ...importIt], ana)
  const [shown, absent] = [await task('show', 'T-1'), await task('show', 'T-2')]
  const moved = await task('move', 'T-1', '--to', 'doing', '--from', 'open')

  expect(refused.map((ended) => (documentOf(ended)['error'] as { code?: string } | undefined)?.code)).toEqual(
    Array(4).fill('STORE_MOVED'),
  )
  expect(documentOf(shown)).toMatchObject({ task: { state: 'open', title: 'before', flags: [] } })
  expect(absent.exit).toBe(4)
  expect(documentOf(moved)).toMatchObject({ outcome: 'moved' })
})
