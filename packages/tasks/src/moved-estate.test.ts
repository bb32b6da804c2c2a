import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportEstate, importEstate, openStore, systemClock } from '@conduct/lanes/engine'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { issueLane, issueLaneDefinition } from './open-issues.ts'
import { openTasks } from './open-tasks.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-moved-tasks-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('go with their estate to another store, history and all, and go on there', async () => {
  const open = (name: string) => openStore(`sqlite:${join(folder, name, 'state.db')}`, { estate: 'acme' })
  await using here = await open('here')
  await using there = await open('there')
  const wallMs = () => 0
  await openTasks({ store: here, wallMs }).add('a', { by: 'cli:ana', key: 'k' })
  await openTasks({ store: here, wallMs }).move('a', { to: 'doing', from: 'open', by: 'cli:ana' })
  const estate = {
    estate: 'acme',
    definitions: new Map([[issueLane, { ...issueLaneDefinition, captains: ['ana'] }]]),
    clock: systemClock,
    by: 'ana',
    path: join(folder, 'acme.lanes'),
  }

  await exportEstate({ ...estate, store: here, movingTo: there.url })
  await importEstate({ ...estate, store: there })

  const tasks = openTasks({ store: there, wallMs })
  expect(await tasks.move('a', { to: 'doing', from: 'open', by: 'cli:carl' })).toMatchObject({
    outcome: 'already',
    task: { moved: { by: 'cli:ana' } },
  })
  await tasks.move('a', { to: 'review', from: 'doing', by: 'cli:carl' })
  expect((await tasks.history('a')).map(({ did }) => did)).toEqual(['added', 'moved', 'moved'])
})
