import type { FileTree } from '../ports.ts'

/** `gem 'engine', '~> 1.0', require: false` as written: the parts that we read and may replace. */
export interface GemDeclaration {
  readonly file: string
  readonly name: string
  /** 1-based. */
  readonly line: number
  /** From `gem` to the end of its last argument. */
  readonly start: number
  readonly end: number
  /** Where the name ends, its quote included. */
  readonly nameEnd: number
  /** Those behind the name. */
  readonly arguments: readonly GemArgument[]
}

export interface GemArgument {
  /** The offsets of what is written, quotes included. */
  readonly start: number
  readonly end: number
  readonly text: string
  /** The key of `key: value` or `:key => value`. */
  readonly key: string | null
  /** The text between quotes, of the value where there is a key; null for anything that Ruby would have to compute. */
  readonly literal: string | null
}

/** Bundler's two names for it. */
const gemfiles = [
  { gemfile: 'Gemfile', lockfile: 'Gemfile.lock' },
  { gemfile: 'gems.rb', lockfile: 'gems.locked' },
] as const

export async function gemfileOf(tree: FileTree): Promise<(typeof gemfiles)[number] | null> {
  for (const names of gemfiles) {
    if ((await tree.readFile(names.gemfile)) !== null) return names
  }
  return null
}

/**
 * The declarations of one gem, or of all (`name` null). A Gemfile is a program: this reads what people write by hand, a call of `gem` with its
 * name as a literal, and sees nothing of what is computed. The lockfile says whether something was missed.
 */
export function gemDeclarations(file: string, text: string, name: string | null): readonly GemDeclaration[] {
  const code = withoutComments(text)
  return [
    ...code.matchAll(/(?<=^|[;{\n]|\bdo\b(?:[ \t]*\|[^|\n]*\|)?)[ \t]*(gem\b[ \t]*\(?\s*)(?=["'])/g),
  ].flatMap((match) => {
    const start = match.index + match[0].length - (match[1] ?? '').length
    const args = argumentsAt(code, match.index + match[0].length)
    const [first, ...others] = args
    const declared = first?.literal ?? null
    if (first === undefined || declared === null || (name !== null && declared !== name)) return []
    const line = text.slice(0, start).split('\n').length
    const end = args.at(-1)?.end ?? start
    return [{ file, name: declared, line, start, end, nameEnd: first.end, arguments: others }]
  })
}

/** Comments become blanks, so that every offset stays. `#` inside quotes is none. */
function withoutComments(text: string): string {
  return text.replaceAll(/(["'])(?:\\.|(?!\1)[^\\\n])*\1|#[^\n]*/g, (found) =>
    found.startsWith('#') ? ' '.repeat(found.length) : found,
  )
}

const opening = new Set(['(', '[', '{'])
const closing = new Set([')', ']', '}'])

/** Arguments from an offset on, separated by commas outside quotes and brackets, to the end of the statement. */
function argumentsAt(code: string, offset: number): readonly GemArgument[] {
  const found: GemArgument[] = []
  let [start, depth, quote] = [offset, 0, '']
  const finish = (end: number): void => {
    const argument = argumentIn(code, start, end)
    if (argument !== null) found.push(argument)
  }
  for (let at = offset; at <= code.length; at += 1) {
    const char = code[at] ?? '\n'
    if (quote !== '') {
      if (char === '\\') at += 1
      else if (char === quote) quote = ''
      if (at < code.length) continue
    }
    if (char === '"' || char === "'") quote = char
    else if (opening.has(char)) depth += 1
    else if (closing.has(char) && depth > 0) depth -= 1
    else if (char === ',' && depth === 0) {
      finish(at)
      start = at + 1
    } else if (endsStatement(code, { start, at, depth })) {
      finish(at)
      return found
    }
  }
  return found
}

/** A line goes on after a comma; `if` and `unless` behind a call belong to the statement, not to its arguments. */
function endsStatement(
  code: string,
  { start, at, depth }: { readonly start: number; readonly at: number; readonly depth: number },
): boolean {
  const char = code[at] ?? '\n'
  if (depth > 0 && at < code.length) return false
  if (char === ')' || char === ';' || char === '}') return true
  if (char === '\n') return at >= code.length || code.slice(start, at).trim() !== ''
  return /^\s(?:if|unless|end)\b/.test(code.slice(at, at + 8))
}

function argumentIn(code: string, from: number, to: number): GemArgument | null {
  const raw = code.slice(from, to)
  const text = raw.trim()
  if (text === '') return null
  const start = from + raw.indexOf(text)
  const keyed = /^(?:(\w+):(?!:)|:(\w+)\s*=>|["'](\w+)["']\s*=>)\s*/.exec(text)
  const key = keyed?.[1] ?? keyed?.[2] ?? keyed?.[3] ?? null
  return {
    start,
    end: start + text.length,
    text,
    key,
    literal: literalOf(text.slice(keyed?.[0].length ?? 0)),
  }
}

/** Without interpolation and escapes: what needs Ruby to be understood is not understood here. */
function literalOf(text: string): string | null {
  const quoted = /^(["'])([^"'\\]*)\1$/.exec(text)
  const inner = quoted?.[2] ?? null
  return inner === null || (quoted?.[1] === '"' && inner.includes('#{')) ? null : inner
}
