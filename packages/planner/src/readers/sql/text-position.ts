/** Places in a text by its UTF-8 bytes, which is how the parsers count. */
export interface BytePositions {
  readonly lineAt: (offset: number) => number
  /** The next byte that is neither white space nor part of a comment of SQL. */
  readonly skipToStatement: (offset: number) => number
}

const newline = 10
const encoder = new TextEncoder()

export function bytePositions(text: string, firstLine = 1): BytePositions {
  const bytes = encoder.encode(text)
  const starts = [0]
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) starts.push(at + 1)
  return {
    lineAt: (offset) => {
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((starts[middle] ?? 0) <= offset) low = middle
        else high = middle - 1
      }
      return firstLine + low
    },
    skipToStatement: (offset) => skip(bytes, offset),
  }
}

const [dash, slash, star, space] = [45, 47, 42, 32]

function skip(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length) {
    if ((bytes[at] ?? 0) <= space) at++
    else if (bytes[at] === dash && bytes[at + 1] === dash) {
      const end = bytes.indexOf(newline, at)
      at = end === -1 ? bytes.length : end + 1
    } else if (bytes[at] === slash && bytes[at + 1] === star) at = endOfComment(bytes, at)
    else return at
  }
  return from
}

/** Comments of Postgres nest. */
function endOfComment(bytes: Uint8Array, from: number): number {
  let depth = 0
  let at = from
  while (at < bytes.length) {
    const pair = [bytes[at], bytes[at + 1]]
    if (pair[0] === slash && pair[1] === star) {
      depth++
      at += 2
    } else if (pair[0] === star && pair[1] === slash) {
      depth--
      at += 2
      if (depth === 0) return at
    } else at++
  }
  return at
}
