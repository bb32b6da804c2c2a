import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'

import { documentOf } from '../e2e/conduct-process.ts'
import { openLedger } from './ledger-captains.ts'

/** A turn that takes a column away, where a train deploys the ledger and says what it runs. */
const ledger = await openLedger()
afterAll(() => ledger[Symbol.dispose]())

const running = path.join(ledger.path, 'running')
const engine = path.join(ledger.path, 'engine')
mkdirSync(engine)
const inEngine = (...args: readonly string[]): void => {
  const identity = ['-c', 'user.name=ana', '-c', 'user.email=ana@acme.example']
  execFileSync('git', [...identity, ...args], { cwd: engine, stdio: 'pipe' })
}
inEngine('init', '--quiet', '--initial-branch=main')
writeFileSync(path.join(engine, 'package.json'), '{"name":"@acme/engine","version":"1.0.0"}\n')
inEngine('add', '.')
inEngine('commit', '--quiet', '-m', 'engine')

const lanesYaml = path.join(ledger.path, 'lanes.yaml')
const withoutTrain = readFileSync(lanesYaml, 'utf8')
const withTrain = `${withoutTrain.replace('repos:\n', `repos:\n  engine: { remote: ${JSON.stringify(`file://${engine}`)} }\n`)}  release_train: { use: release_train, captains: [carl] }
trains:
  engine:
    producer: { repo: engine }
    consumers:
      - { repo: ledger, deploy: { run: "deploy {sha}", previous: ${JSON.stringify(`cat ${running}`)} } }
`

/** Each time in a clone of its own: what was written before is not in the way. */
let clones = 0
async function writeDropped(...more: readonly string[]) {
  clones++
  const args = ['--branch', 'feat/drop-note', '--repo', 'ledger', ...more, '--json']
  const ended = await ledger.captain(`clone-${clones}`).batch('write', 'turn-1', ...args)
  return { ...documentOf(ended), exit: ended.exit }
}

it('says that nobody knows what runs, where no train deploys the repository', async () => {
  expect(await writeDropped()).toMatchObject({
    exit: 0,
    live_code: { outcome: 'unknown', why: 'no train of lanes.yaml deploys ledger', overridden: null },
  })
})

it('is refused while older code runs (CODE_NOT_LIVE), unless an override says why', async () => {
  writeFileSync(lanesYaml, withTrain)
  const carl = ledger.captain('carl')
  const base = carl.git('rev-parse', 'main')
  const identity = ['-c', 'user.name=ana', '-c', 'user.email=ana@acme.example']
  const older = ledger.captain('ledger').git(...identity, 'commit-tree', '-m', 'older', 'main^{tree}')
  writeFileSync(running, older)

  const [refused, unsaid, overridden] = await Promise.all([
    writeDropped(),
    writeDropped('--override', 'code_live'),
    writeDropped('--override', 'code_live', '--reason', 'never read'),
  ])

  expect(refused).toMatchObject({
    exit: 3,
    error: {
      code: 'CODE_NOT_LIVE',
      message: `turn-1 takes away orders.note, and ledger (train engine) runs ${older.slice(0, 7)}, which does not have the base ${base.slice(0, 7)}`,
    },
  })
  expect(unsaid).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
  expect(overridden).toMatchObject({
    exit: 0,
    live_code: { outcome: 'not_live', overridden: 'never read' },
  })
  writeFileSync(running, base)
  expect(await writeDropped()).toMatchObject({ exit: 0, live_code: { outcome: 'live' } })
  writeFileSync(running, 'v12')
  expect(await writeDropped()).toMatchObject({
    exit: 0,
    live_code: { outcome: 'unknown', why: expect.stringContaining('no commit') as string },
  })
})

it('asks nothing of a turn that only adds', async () => {
  const added = await ledger
    .captain('dora')
    .batch('write', 'turn-1', '--branch', 'feat/colour', '--repo', 'ledger', '--json')

  expect(documentOf(added)).toMatchObject({ live_code: null })
})
