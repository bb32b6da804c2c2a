import type { Cell, Tone } from './model.ts'

const shortCommitLength = 12

export function plain(text: string, tone?: Tone): Cell {
  return tone === undefined ? { text } : { text, tone }
}

/** A sentence with commits and integrities shortened; the whole stands in `full`. */
export function prose(text: string, tone?: Tone): Cell {
  const short = shortenIds(text)
  return { ...plain(short, tone), ...(short === text ? {} : { full: text }) }
}

export function shortenIds(text: string): string {
  return text
    .replace(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g, (id) => id.slice(0, shortCommitLength))
    .replace(/\b(sha\d+-[A-Za-z0-9+/]{10})[A-Za-z0-9+/]{20,}={0,2}/g, '$1…')
}

export function code(text: string): Cell {
  return { text, isCode: true }
}

export function commit(id: string | null, otherwise = 'none'): Cell {
  if (id === null || id === '') return plain(otherwise, 'quiet')
  return id.length > shortCommitLength && /^[0-9a-f]+$/.test(id)
    ? { text: id.slice(0, shortCommitLength), full: id, isCode: true }
    : code(id)
}

export function link(url: string | null, otherwise = 'none'): Cell {
  if (url === null) return plain(otherwise, 'quiet')
  return /^https?:\/\//.test(url) ? { text: url, href: url } : code(url)
}

export function time(at: string | null): Cell {
  return at === null ? plain('not yet', 'quiet') : plain(showTime(at))
}

/** `2026-11-21 03:15:11 UTC`; anything that is no RFC 3339 UTC time is shown as it is. */
export function showTime(at: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(at)
  return match === null ? at : `${match[1]} ${match[2]} UTC`
}

/** `1 package`, `2 packages`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
