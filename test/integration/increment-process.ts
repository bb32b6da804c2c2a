import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isConductError } from '@conduct/core'
import { openStore } from '@conduct/lanes/engine'

/**
 * `increment-process.ts <store> <count>`: notes so many operations in one document, each exactly once. An answer that
 * did not come is settled by asking again under the same name; a store that is away is opened again.
 */
const [url = '', count = '1'] = process.argv.slice(2)
const triesMax = 1000
const pauseMs = 30

await using store = await patiently(() => openStore(url, { estate: 'acme' }))
let done = 0
for (; done < Number(count); done++) {
  const operation = randomUUID()
  await patiently(() =>
    store.register.change<{ readonly done: readonly string[] }, null>('lane/x', (document) =>
      document?.done.includes(operation) === true
        ? { result: null }
        : { write: { done: [...(document?.done ?? []), operation] }, result: null },
    ),
  )
}
console.log(`${done} done`)

async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await work()
    } catch (error) {
      if (!isConductError(error, 'STORE_UNREACHABLE') || tried === triesMax) throw error
      await delay(pauseMs)
    }
  }
}
