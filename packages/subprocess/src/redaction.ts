/** What stands where a secret stood. */
export const redactionMark = '***'

export interface Redactor {
  /** Text that is safe to show now; the rest is held back until it is known not to begin a secret. */
  push(chunk: string): string
  /** What was still held back. */
  end(): string
}

/**
 * Replaces secrets in a text that arrives in pieces, wherever the pieces are cut. Secrets that overlap are
 * covered as a whole: no rest of one stays readable beside the mark of another.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
  const longest = known[0]
  if (longest === undefined) return { push: (chunk) => chunk, end: () => '' }

  const anySecret = new RegExp(known.map(escapeForRegExp).join('|'), 'g')
  const heldBackMax = longest.length - 1
  let pending = ''
  /** How many characters of `pending`, from its start, are already behind a mark. */
  let covered = 0

  function drain(decidableEnd: number): string {
    let shown = ''
    let from = 0
    for (;;) {
      anySecret.lastIndex = from
      const match = anySecret.exec(pending)
      if (match === null || match.index >= decidableEnd) break
      if (match.index > covered) shown += pending.slice(covered, match.index)
      if (match.index >= covered) shown += redactionMark
      covered = Math.max(covered, match.index + match[0].length)
      from = match.index + 1
    }
    shown += pending.slice(covered, Math.max(covered, decidableEnd))
    pending = pending.slice(decidableEnd)
    covered = Math.max(0, covered - decidableEnd)
    return shown
  }

  return {
    push(chunk) {
      pending += chunk
      return drain(Math.max(0, pending.length - heldBackMax))
    },
    end: () => drain(pending.length),
  }
}

/** The same for a whole text. */
export function redact(text: string, secrets: readonly string[]): string {
  const redactor = createRedactor(secrets)
  return redactor.push(text) + redactor.end()
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
}
