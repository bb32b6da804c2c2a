import { describe, expect, it } from 'vitest'

import { chooseNext } from './choose-next.ts'
import type { LaneRule } from './needed-lanes.ts'
import { newTask, type Task } from './task.ts'

const rules: readonly LaneRule[] = [
  { lane: 'backend_migration', scope: 'repo', flags: ['requires_migration'] },
  { lane: 'release_train', scope: 'global', flags: ['requires_release_conductor'] },
]
type View = Parameters<typeof chooseNext>[0]['views'][number]

function task(id: string, more: Partial<Task> = {}): Task {
  return { ...newTask(id), ...more }
}

/** Only what is looked at here. */
function held(lane: string, holder: string, resources: readonly string[]): View {
  const view = { lane, paused: null, holders: [{ holder, resources }], waiting: [] }
  return view as unknown as View
}

const asked = { ready: 'Open', rules, views: [], claimed: new Set<string>(), asker: 'agent:1', avoid: null }
const migration = { flags: ['Requires_Migration'], repos: ['shop'] }

describe('the next task', () => {
  it('is the most urgent, then the oldest, whatever the case of its state', () => {
    const at = (time: string) => ({ by: 'a', at: time, key: null, duplicates: 0 })
    const tasks = [
      task('late', { added: at('2026-02-01') }),
      task('early', { added: at('2026-01-01') }),
      task('done', { state: 'done', priority: 9 }),
      task('urgent', { state: 'OPEN', priority: 1 }),
    ]

    expect(chooseNext({ ...asked, tasks }).next?.task.id).toBe('urgent')
    expect(chooseNext({ ...asked, tasks: tasks.slice(0, 3) }).next?.task.id).toBe('early')
  })

  it('needs no lane that somebody else holds for the same, and says why others are left out', () => {
    const views = [held('backend_migration', 'cli:ana', ['shop'])]
    const tasks = [task('a', migration), task('b', { ...migration, repos: ['admin'] })]

    const { next, leftOut } = chooseNext({ ...asked, tasks, views })

    expect(next?.task.id).toBe('b')
    expect(leftOut).toEqual([
      { task: 'a', because: 'backend_migration (requires_migration) is held or waited for by cli:ana' },
    ])
  })

  it('takes a task that does not say what it is about for one that any holder is in the way of', () => {
    const views = [held('backend_migration', 'cli:ana', ['shop'])]

    expect(chooseNext({ ...asked, tasks: [task('a', { ...migration, repos: [] })], views }).next).toBeNull()
  })

  it('may need a lane that the asker holds, and never the one to stay away from', () => {
    const views = [held('backend_migration', 'agent:1', ['shop'])]
    const tasks = [task('a', migration)]

    expect(chooseNext({ ...asked, tasks, views }).next).toMatchObject({
      task: { id: 'a' },
      needs: [{ lane: 'backend_migration', resources: ['shop'] }],
    })
    expect(chooseNext({ ...asked, tasks, views, avoid: 'backend_migration' }).next).toBeNull()
  })

  it('is none that stands in line already, or that a batch has', () => {
    const tasks = [task('a'), task('b', { batch: 'batch-1' })]

    expect(chooseNext({ ...asked, tasks, claimed: new Set(['a']) }).next).toBeNull()
  })
})
