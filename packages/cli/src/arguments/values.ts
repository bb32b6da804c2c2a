import { parseDuration } from '@conduct/core'

/** Parsers of single argument values. They throw a sentence; the parser adds which argument it was. */
export function textValue(text: string): string {
  if (text.trim() === '') throw new Error('it is empty')
  return text
}

/** `90s`, `15m`, `4h` → milliseconds. */
export function durationValue(text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new Error('it needs a unit: 90s, 15m, 4h')
  return ms
}

/** A fencing token: a positive whole number. */
export function tokenValue(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1)
    throw new Error('it is no whole number')
  return value
}

/** The number of a process: a positive whole number. */
export function processValue(text: string): number {
  return tokenValue(text)
}

/** A number of things to show or do: a whole number, 1 or more. */
export function countValue(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > COUNT_MAX)
    throw new Error(`it is no whole number from 1 to ${COUNT_MAX}`)
  return value
}

const COUNT_MAX = 10_000
