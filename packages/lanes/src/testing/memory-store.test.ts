import { expect, test } from 'vitest'
import { systemClock } from '../host/system-clock.ts'
import { storeScenarios } from '../stores/conformance.ts'
import { makeMemoryPlace, openMemoryStore } from './memory-store.ts'

test.each(storeScenarios.filter(({ name }) => !name.startsWith('wakes a waiter')))(
  'the store of the tests conforms too: $name',
  async ({ run }) => {
    const now = () => ({ ms: systemClock.monotonicMs(), era: 'boot', wallMs: 0 })
    const place = makeMemoryPlace({ now, sleep: systemClock.sleep })
    const elsewhere = makeMemoryPlace({ now, sleep: systemClock.sleep })

    await expect(
      run({ a: openMemoryStore(place), b: openMemoryStore(place), other: openMemoryStore(elsewhere) }),
    ).resolves.toBeUndefined()
  },
)
