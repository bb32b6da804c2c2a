import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { conduct, documentOf, normalise, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

let folder: ReturnType<typeof temporaryFolder>
/** Two people with a home of their own; what one has seen, the other does not know. */
let ana: { readonly cwd: string; readonly env: Record<string, string> }
let carl: typeof ana

beforeEach(() => {
  folder = temporaryFolder()
  const yaml = smallestLanesYaml
    .replace('STORE', join(folder.path, 'store', 'state.db'))
    .replace('captains: [ana] }', 'captains: [ana], takeover_delay: 0s }')
  folder.write('lanes.yaml', yaml)
  const home = (name: string) => {
    const cwd = join(folder.path, name)
    mkdirSync(cwd)
    return { cwd, env: { XDG_STATE_HOME: join(cwd, 'state'), USER: name } }
  }
  ana = home('ana')
  carl = home('carl')
})

afterEach(() => {
  folder[Symbol.dispose]()
})

const store = (name: string) => join(folder.path, name)

/** File and write-ahead log, as a backup of the disk has them. */
function restore(): void {
  for (const file of readdirSync(store('store'))) rmSync(join(store('store'), file))
  cpSync(store('backup'), store('store'), { recursive: true })
}

const take = ['lane', 'acquire', 'release_train', '--repo', 'shop', '--json']

async function grant(who: typeof ana): Promise<unknown> {
  const name = who === ana ? 'cli:ana' : 'cli:carl'
  const granted = documentOf(await conduct(['--as', name, ...take], who))
  await conduct(['--as', name, 'lane', 'release', 'release_train'], who)
  return granted['token']
}

test('a store that went back is refused by every command of those who saw it, until a captain recovers it', async () => {
  expect(await grant(ana)).toBe(1)
  cpSync(store('store'), store('backup'), { recursive: true })
  expect(await grant(ana)).toBe(2)
  restore()

  const refused = await conduct(['--as', 'cli:ana', ...take], ana)
  const shown = await conduct(['lane', 'show', 'release_train'], ana)
  // The control: carl's home remembers nothing, so that a token is granted for the second time.
  expect(await grant(carl)).toBe(2)
  const recovered = await conduct(['--as', 'cli:ana', 'lane', 'recover', '--reason', 'backup', '--json'], ana)

  expect(documentOf(refused)).toMatchObject({
    ok: false,
    exit: 2,
    error: {
      code: 'STORE_BEHIND',
      message:
        'The store of lane release_train went back: version 4 was seen, and the store holds version 2.',
      hint: expect.stringContaining('lane recover') as string,
    },
  })
  expect(shown.exit).toBe(2)
  expect(documentOf(recovered)).toMatchObject({
    ok: true,
    exit: 0,
    lanes: [
      { lane: 'release_train', outcome: 'recovered', epoch: 1, ended: [], waiting: 0, quiet_s: 0 },
      { lane: 'backend_migration', outcome: 'unchanged', because: null },
      { lane: 'docs', outcome: 'unchanged' },
    ],
  })
  expect(await grant(carl)).toBe(2 ** 32 + 1)
  expect(await grant(ana)).toBe(2 ** 32 + 2)
  const verified = await conduct(['lane', 'history', 'release_train', '--verify', '--json'], ana)
  expect(documentOf(verified)).toMatchObject({ exit: 0, verified: { intact: true } })
})

test('recover is for captains, and does nothing where nothing went back unless it is told to', async () => {
  await grant(ana)

  const nothing = await conduct(
    ['--as', 'cli:carl', 'lane', 'recover', 'release_train', '--reason', 'x'],
    carl,
  )
  const denied = await conduct(
    ['--as', 'cli:carl', 'lane', 'recover', '--reason', 'x', '--force', '--json'],
    carl,
  )
  const forced = await conduct(
    ['--as', 'cli:ana', 'lane', 'recover', 'release_train', '--reason', 'failover', '--force'],
    ana,
  )
  const without = await conduct(['--as', 'cli:ana', 'lane', 'recover', '--json'], ana)

  expect([nothing.exit, denied.exit, forced.exit, without.exit]).toEqual([0, 6, 0, 2])
  expect(nothing.stdout).toContain('nothing to recover')
  expect(documentOf(denied)).toMatchObject({
    ok: false,
    lanes: [
      { lane: 'release_train', outcome: 'not_captain' },
      { lane: 'backend_migration', outcome: 'recovered' },
      { lane: 'docs', outcome: 'not_captain' },
    ],
  })
  expect(normalise(forced.stdout, folder.path)).toContain('release_train: recovered; nobody held it.\n')
})
