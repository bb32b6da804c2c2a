import { ansiQuoted, unescapeAnsi } from './ansi-quoted.ts'
import { isInCase } from './in-case.ts'
import { scriptsIn, type Part, ShellProblem, type Token, type Word } from './token.ts'

/**
 * Words and operators of POSIX shells and bash, with everything that stands inside of expansions.
 *
 * Source: the grammar in POSIX.1-2017, "Shell Command Language", 2.2 to 2.10; bash's manual for `$'…'`, `<(…)`, `<<<`, `&>`.
 *
 * @throws ShellProblem  a shell would refuse the text, or wait for more of it.
 */
export function tokenize(text: string): readonly Token[] {
  return new Reader(text).readScript(null)
}

const operators = ['&&', '||', ';;&', ';;', ';&', '|&', '&', '|', ';', '(', ')', '\n']
const redirections = ['&>>', '&>', '<<<', '<<-', '<<', '<>', '<&', '>&', '>>', '>|', '<', '>']
const depthMax = 24

interface Heredoc {
  readonly end: string
  readonly isIndented: boolean
  readonly isLiteral: boolean
  readonly parts: Part[]
}

class Reader {
  readonly #text: string
  readonly #depth: number
  #at = 0
  #heredocs: Heredoc[] = []

  constructor(text: string, depth = 0) {
    if (depth > depthMax) throw new ShellProblem(`is nested deeper than ${depthMax}`)
    this.#text = text
    this.#depth = depth
  }

  get at(): number {
    return this.#at
  }

  /** @param close the `)` that ends a substitution; null: the text ends it. */
  readScript(close: ')' | null): readonly Token[] {
    const tokens: Token[] = []
    let open = 0
    for (;;) {
      this.#skipBlanks()
      if (this.#at >= this.#text.length) {
        if (close !== null) throw new ShellProblem('has a "(" that is not closed')
        return tokens
      }
      const redirection = this.#readRedirection()
      if (redirection !== null) {
        tokens.push(redirection)
        continue
      }
      const operator = operators.find((each) => this.#text.startsWith(each, this.#at))
      if (operator === undefined) {
        tokens.push({ kind: 'word', word: this.#readWord() })
        continue
      }
      if (operator === ')' && close !== null && open === 0 && !isInCase(tokens)) {
        this.#at += 1
        return tokens
      }
      if (operator === '(') open += 1
      if (operator === ')' && open > 0) open -= 1
      this.#at += operator.length
      tokens.push({ kind: 'operator', text: operator })
      if (operator === '\n') this.#readHeredocs()
    }
  }

  #skipBlanks(): void {
    for (;;) {
      const rest = this.#text.slice(this.#at, this.#at + 2)
      if (rest === '\\\n') this.#at += 2
      else if (rest.startsWith(' ') || rest.startsWith('\t') || rest.startsWith('\r')) this.#at += 1
      else if (rest.startsWith('#')) {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end === -1 ? this.#text.length : end
      } else return
    }
  }

  #readRedirection(): Token | null {
    const digits = /^(?:\d+|\{\w+\})(?=[<>])/.exec(this.#text.slice(this.#at, this.#at + 20))?.[0] ?? ''
    const from = this.#at + digits.length
    const operator = redirections.find((each) => this.#text.startsWith(each, from))
    if (operator === undefined || /^[<>]\(/.test(this.#text.slice(from, from + 2))) return null
    this.#at = from + operator.length
    this.#skipBlanks()
    if (operator !== '<<' && operator !== '<<-') {
      return { kind: 'redirection', operator, target: this.#readWord() }
    }
    const delimiter = this.#readWord()
    const parts: Part[] = []
    this.#heredocs.push({
      end: delimiter.parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
      isIndented: operator === '<<-',
      isLiteral: delimiter.isQuoted,
      parts,
    })
    // Its parts are filled in once the line ends.
    return { kind: 'redirection', operator, target: { parts, said: delimiter.said, isQuoted: true } }
  }

  #readHeredocs(): void {
    for (const heredoc of this.#heredocs.splice(0)) {
      const lines: string[] = []
      for (;;) {
        if (this.#at >= this.#text.length) break
        const end = this.#text.indexOf('\n', this.#at)
        const line = this.#text.slice(this.#at, end === -1 ? undefined : end)
        this.#at = end === -1 ? this.#text.length : end + 1
        const shown = heredoc.isIndented ? line.replace(/^\t+/, '') : line
        if (shown === heredoc.end) break
        lines.push(shown)
      }
      const body = lines.map((line) => `${line}\n`).join('')
      if (heredoc.isLiteral) heredoc.parts.push({ kind: 'text', text: body, isQuoted: true })
      else heredoc.parts.push(...new Reader(body, this.#depth + 1).#readQuoted(null))
    }
  }

  #readWord(): Word {
    const from = this.#at
    const parts: Part[] = []
    let isQuoted = false
    while (this.#at < this.#text.length) {
      const two = this.#text.slice(this.#at, this.#at + 2)
      const character = two.charAt(0)
      if (two === '<(' || two === '>(') {
        this.#at += 2
        parts.push({ kind: 'output', script: this.#nested(), isQuoted: true })
      } else if (/[\s;&|<>()]/.test(character)) break
      else if (two === '\\\n') this.#at += 2
      else if (character === '\\') {
        parts.push({ kind: 'text', text: two.slice(1), isQuoted: true })
        isQuoted = true
        this.#at += 2
      } else if (character === "'") {
        parts.push({ kind: 'text', text: this.#until("'"), isQuoted: true })
        isQuoted = true
      } else if (two === "$'") {
        parts.push({ kind: 'text', text: this.#readAnsi(), isQuoted: true })
        isQuoted = true
      } else if (character === '"' || two === '$"') {
        this.#at += character === '"' ? 1 : 2
        parts.push({ kind: 'text', text: '', isQuoted: true }, ...this.#readQuoted('"'))
        isQuoted = true
      } else if (character === '$' || character === '`') parts.push(...this.#readExpansion(false))
      else parts.push(this.#readPlain(character))
    }
    const said = this.#text.slice(from, this.#at)
    if (parts.length === 0)
      throw new ShellProblem(`has ${JSON.stringify(this.#text.charAt(from))} where a word has to be`)
    return { parts, said, isQuoted }
  }

  /** `{a,b}` makes several words of one: only a shell knows them. */
  #readPlain(character: string): Part {
    const braces = /^\{[^\s{}]*,[^\s{}]*\}/.exec(this.#text.slice(this.#at, this.#at + 200))?.[0]
    this.#at += braces?.length ?? 1
    return braces === undefined
      ? { kind: 'text', text: character, isQuoted: false }
      : { kind: 'unknown', isQuoted: false, scripts: [] }
  }

  /** Inside of `"…"`, or of a heredoc (null), where quotes mean nothing. */
  #readQuoted(end: '"' | null): readonly Part[] {
    const parts: Part[] = []
    for (;;) {
      const character = this.#text.charAt(this.#at)
      if (character === '') {
        if (end !== null) throw new ShellProblem('has a quote (") that is not closed')
        return parts
      }
      if (character === end) {
        this.#at += 1
        return parts
      }
      const next = this.#text.charAt(this.#at + 1)
      if (character === '\\' && next === '\n') this.#at += 2
      else if (character === '\\' && ['$', '`', '\\', end].includes(next)) {
        parts.push({ kind: 'text', text: next, isQuoted: true })
        this.#at += 2
      } else if (character === '$' || character === '`') parts.push(...this.#readExpansion(true))
      else {
        parts.push({ kind: 'text', text: character, isQuoted: true })
        this.#at += 1
      }
    }
  }

  #readExpansion(isQuoted: boolean): readonly Part[] {
    const rest = this.#text.slice(this.#at)
    if (rest.startsWith('`')) {
      const script = this.#until('`').replaceAll(/\\([\\$`])/g, '$1')
      return [{ kind: 'output', script: new Reader(script, this.#depth + 1).readScript(null), isQuoted }]
    }
    if (rest.startsWith('$((')) {
      this.#at += 3
      this.#skipArithmetic()
      return [{ kind: 'unknown', isQuoted: true, scripts: [] }]
    }
    if (rest.startsWith('$(')) {
      this.#at += 2
      return [{ kind: 'output', script: this.#nested(), isQuoted }]
    }
    const plain = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/.exec(rest)
    if (plain !== null) {
      this.#at += plain[0].length
      return [{ kind: 'variable', name: plain[1] ?? plain[2] ?? '', isQuoted }]
    }
    if (rest.startsWith('${')) return this.#readBraced(isQuoted)
    const special = /^\$[@*#?$!\-\d]/.exec(rest)
    this.#at += special === null ? 1 : 2
    if (special === null) return [{ kind: 'text', text: '$', isQuoted: true }]
    // `"$@"` is as many words as there are arguments.
    return [{ kind: 'unknown', isQuoted: isQuoted && special[0] !== '$@', scripts: [] }]
  }

  /** `${name:-…}`: what comes out is not known; what runs inside is. */
  #readBraced(isQuoted: boolean): readonly Part[] {
    this.#at += 2
    const inside: Part[] = []
    for (;;) {
      const character = this.#text.charAt(this.#at)
      if (character === '') throw new ShellProblem('has a "${" that is not closed')
      if (character === '}') {
        this.#at += 1
        return [{ kind: 'unknown', isQuoted, scripts: inside.flatMap(scriptsIn) }]
      }
      if (character === '\\') this.#at += 2
      else if (character === "'" && !isQuoted) this.#until("'")
      else if (character === '"') {
        this.#at += 1
        inside.push(...this.#readQuoted('"'))
      } else if (character === '$' || character === '`') inside.push(...this.#readExpansion(true))
      else this.#at += 1
    }
  }

  #nested(): readonly Token[] {
    const inner = new Reader(this.#text.slice(this.#at), this.#depth + 1)
    const script = inner.readScript(')')
    this.#at += inner.at
    return script
  }

  #skipArithmetic(): void {
    let open = 2
    while (open > 0) {
      const character = this.#text.charAt(this.#at)
      if (character === '') throw new ShellProblem('has a "$((" that is not closed')
      if (character === '(') open += 1
      if (character === ')') open -= 1
      this.#at += 1
    }
  }

  /** From a quote up to its end. */
  #until(quote: "'" | '`'): string {
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== quote) {
      end += quote === '`' && this.#text[end] === '\\' ? 2 : 1
    }
    if (end >= this.#text.length) throw new ShellProblem(`has a quote (${quote}) that is not closed`)
    const inside = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return inside
  }

  #readAnsi(): string {
    const match = ansiQuoted.exec(this.#text.slice(this.#at))
    if (match === null) throw new ShellProblem("has a quote ($') that is not closed")
    this.#at += match[0].length
    return unescapeAnsi(match[1] ?? '')
  }
}
