import { nearest } from '@conduct/core'

/** `did you mean "shop"? Declared repos: engine, shop, admin`. */
export function suggestion(word: string, known: readonly string[], title: string): string {
  const near = nearest(word, known)
  const list = known.length === 0 ? `${title}: none` : `${title}: ${known.join(', ')}`
  return near === null ? list : `did you mean "${near}"? ${list}`
}
