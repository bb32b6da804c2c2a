/**
 * An .npmrc as npm reads it: `key = value`, `;` and `#` start comments, `key[] = value` adds to a list,
 * `${NAME}` and `${NAME:-default}` come from the environment.
 */
export interface NpmrcEntry {
  readonly key: string
  readonly value: string
  /** 1-based. */
  readonly line: number
  /** Names of variables the entry asks for and that are not set. */
  readonly unset: readonly string[]
}

export type Env = Readonly<Record<string, string | undefined>>

const placeholder = /(?<!\\)\$\{([^}:?]+)(?:(\?)|:-([^}]*))?\}/g

export function parseNpmrc(text: string, env: Env): readonly NpmrcEntry[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return []
    const at = line.indexOf('=')
    const key = unquoted(at === -1 ? line : line.slice(0, at).trim())
    const written = at === -1 ? 'true' : unquoted(line.slice(at + 1).trim())
    const unset: string[] = []
    const value = written.replace(
      placeholder,
      (whole, name: string, optional?: string, fallback?: string) => {
        const found = env[name] ?? fallback ?? (optional === undefined ? undefined : '')
        if (found === undefined) unset.push(name)
        return found ?? whole
      },
    )
    return [{ key: key.replace(/\[\]$/, ''), value, line: index + 1, unset }]
  })
}

/** Names of all variables the text asks for. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].flatMap((match) => match[1] ?? []))]
}

function unquoted(text: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(text)
  return quoted?.[2] ?? text
}
