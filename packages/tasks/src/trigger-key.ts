import { hash } from 'node:crypto'

/** The id of what a durable key triggers: the same key is the same task, however often and from wherever it comes. */
export function taskOfKey(key: string): string {
  return `t-${hash('sha256', `conduct trigger\0${key}`, 'hex').slice(0, 10)}`
}
