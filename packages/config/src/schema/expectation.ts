import { z } from 'zod'

/**
 * What a value should be, said by the schema itself. zod hands it back as the message of an issue, where
 * schema-findings.ts reads it; a message of zod's own never reaches people.
 */
const marker = 'expected: '
const keysMarker = 'keys: '

/** The `error` option of a zod schema: what belongs here, as in `a text` or `a list of commands`. */
export function expects(phrase: string): { readonly error: string } {
  return { error: `${marker}${phrase}` }
}

export function expectationOf(message: string): string | null {
  return message.startsWith(marker) ? message.slice(marker.length) : null
}

/** A mapping that knows all its keys; anything else in it is a finding that names them. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${keysMarker}${Object.keys(shape).join(' ')}`
        : `${marker}a mapping with ${describeKeys(Object.keys(shape))}`,
  })
}

export function knownKeysOf(message: string): readonly string[] {
  return message.startsWith(keysMarker) ? message.slice(keysMarker.length).split(' ') : []
}

function describeKeys(keys: readonly string[]): string {
  if (keys.length === 1) return `the key ${keys[0]}`
  return `keys such as ${keys.slice(0, 3).join(', ')}`
}
