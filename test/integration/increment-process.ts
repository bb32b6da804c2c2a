import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isConductError } from '@conduct/core'
import { openStore } from '@conduct/lanes/engine'

/**
 * `increment-process.ts <store> <count>`: notes so many operations in one document, each exactly once. An answer that
 * did not come is settled by asking again under the same name.
 */
const [url = '', count = '1'] = process.argv.slice(2)
const triesMax = 1000
const pauseMs = 30

await using store = await openStore(url, { estate: 'acme' })
let done = 0
for (; done < Number(count); done++) {
  const operation = randomUUID()
  for (let tried = 1; ; tried++) {
    try {
      await store.register.change<{ readonly done: readonly string[] }, null>('lane/x', (document) =>
        document?.done.includes(operation) === true
          ? { result: null }
          : { write: { done: [...(document?.done ?? []), operation] }, result: null },
      )
      break
    } catch (error) {
      if (!isConductError(error, 'STORE_UNREACHABLE') || tried === triesMax) throw error
      await delay(pauseMs)
    }
  }
}
console.log(`${done} done`)
