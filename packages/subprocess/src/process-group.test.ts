import { expect, test } from 'vitest'
import { endProcessGroup, isGroupGone, signalGroup } from './process-group.ts'

/** With signal 0, which asks and does nothing: were it sent after all, it would go to this test's own group. */
test.each([0, 1, -1, Number.NaN, 1.5])(
  '%s is no process group: to kill it is our own, or everybody',
  async (id) => {
    expect(() => signalGroup(id, 0)).toThrow(/is no process group/)
    expect(() => isGroupGone(id)).toThrow(/is no process group/)
    await expect(endProcessGroup(id)).rejects.toThrow(/is no process group/)
  },
)
