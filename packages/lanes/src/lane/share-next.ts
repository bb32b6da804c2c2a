/**
 * Lets all who ask while one work is under way share the next one. Whoever asks gets the answer of a work that began
 * after they asked, never of one that was under way already.
 */
export function shareNext<Answer>(work: () => Promise<Answer>): () => Promise<Answer> {
  let tail: Promise<unknown> = Promise.resolve()
  let next: Promise<Answer> | null = null
  return () => {
    if (next !== null) return next
    const shared = tail.then(() => {
      next = null
      return work()
    })
    next = shared
    tail = shared.catch(() => undefined)
    return shared
  }
}
