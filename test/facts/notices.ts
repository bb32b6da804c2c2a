import type { Client } from 'pg'
import type { Present } from './relations.ts'

/** What the server says while it works, at the level of debug messages. */
export interface Notices extends Disposable {
  readonly texts: readonly string[]
}

export function watchNotices(client: Client): Notices {
  const texts: string[] = []
  const listen = ({ message }: { readonly message?: string | undefined }): void => {
    if (message !== undefined) texts.push(message)
  }
  client.on('notice', listen)
  return { texts, [Symbol.dispose]: () => client.off('notice', listen) }
}

/** Of what was there before: the message tells the table, or the constraint. */
const signs: readonly (readonly [label: string, sign: RegExp])[] = [
  ['rewrite', /^rewriting table "(.+)"$/],
  ['check scan', /^verifying table "(.+)"$/],
  ['FK validation', /^validating foreign key constraint/],
  ['index build', /^building index ".+" on table "([^"]+)"/],
]

/** `no` when nothing was read through. */
export function scanOf(texts: readonly string[], { relations }: Present): string {
  const names = new Set([...relations.values()].map((each) => each.name))
  const found = signs.flatMap(([label, sign]) =>
    texts.some((text) => {
      const said = sign.exec(text)
      return said !== null && (said[1] === undefined || names.has(said[1]))
    })
      ? [label]
      : [],
  )
  // The second pass looks for rows that came while the first one built.
  const passes = texts.some((text) => text.startsWith('validate_index found')) ? ', 2 passes' : ''
  return found.length === 0 ? 'no' : `${found.join(' + ')}${passes}`
}
