/**
 * Runs many things at once, but never more than `atOnceMax`.
 *
 * Not re-entrant: a task that waits for another task of the same pool can wait for ever. Use it at the leaves.
 */
export type Pool = <Result>(task: () => Promise<Result>) => Promise<Result>

export function createPool(atOnceMax: number): Pool {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
