import { describe, expect, it } from 'vitest'

import { decideMove } from './decide-move.ts'
import { newTask } from './task.ts'

const task = newTask('a', 'Open')
const at = { wallMs: Date.parse('2026-01-01T00:00:00Z') }
const ana = { by: 'cli:ana', to: 'batched' }

describe('a move', () => {
  it('moves what is in the expected state, whatever the case of its letters, and says by whom and when', () => {
    expect(decideMove(task, 'a', { ...ana, from: 'open', batch: 'b1' }, at)).toEqual({
      outcome: 'moved',
      from: 'Open',
      to: 'batched',
      isGuarded: true,
      task: {
        ...task,
        state: 'batched',
        batch: 'b1',
        moved: { from: 'Open', by: 'cli:ana', at: '2026-01-01T00:00:00.000Z' },
      },
    })
  })

  it('is a quiet success where it is there already, with who moved it', () => {
    const { task: batched } = decideMove(task, 'a', { ...ana, batch: 'b1' }, at)

    const again = decideMove(
      batched,
      'a',
      { ...ana, by: 'cli:carl', from: 'open', batch: 'b2' },
      { wallMs: at.wallMs + 1 },
    )

    expect(again).toMatchObject({ outcome: 'already', task: { batch: 'b1', moved: { by: 'cli:ana' } } })
  })

  it('is refused in any other state, and changes nothing', () => {
    expect(decideMove({ ...task, state: 'done' }, 'a', { ...ana, from: 'open' }, at)).toMatchObject({
      outcome: 'refused',
      from: 'done',
      task: { state: 'done' },
    })
  })

  it('is not guarded without an expected state, and starts what nobody has written down as open', () => {
    expect(decideMove(null, 'a', ana, at)).toMatchObject({ outcome: 'moved', from: 'open', isGuarded: false })
  })
})
