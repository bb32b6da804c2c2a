/** The language of Prisma's schema → blocks with their fields and attributes; what it means is for others. */
import { tokensOf, type Token } from './tokens.ts'

export type Value =
  | { readonly type: 'text' | 'name' | 'number'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly Value[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Argument[] }

export interface Argument {
  readonly name: string | null
  readonly value: Value
}

export interface Attribute {
  readonly name: string
  readonly args: readonly Argument[]
  readonly line: number
}

/** A field of a model, a value of an enum, or a setting: those have no type. */
export interface Field {
  readonly name: string
  readonly type: Value | null
  readonly isList: boolean
  readonly isOptional: boolean
  readonly setting: Value | null
  readonly attributes: readonly Attribute[]
  readonly line: number
}

export interface Block {
  readonly kind: string
  readonly name: string
  readonly fields: readonly Field[]
  readonly attributes: readonly Attribute[]
  readonly line: number
}

/** @returns the line that cannot be read, where there is one. */
export function parseSchema(text: string): readonly Block[] | number {
  const tokens = tokensOf(text)
  if (typeof tokens === 'number') return tokens
  const parser = new Parser(tokens)
  try {
    return parser.blocks()
  } catch (error) {
    if (error instanceof Unread) return error.line
    throw error
  }
}

class Unread extends Error {
  readonly line: number
  constructor(line: number) {
    super('it is no Prisma schema that can be read')
    this.line = line
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  blocks(): readonly Block[] {
    const found: Block[] = []
    for (this.#skipNewlines(); this.#at < this.#tokens.length; this.#skipNewlines()) found.push(this.#block())
    return found
  }

  #block(): Block {
    const { line } = this.#peek()
    const [kind, name] = [this.#take('name'), this.#take('name')]
    this.#take('mark', '{')
    const fields: Field[] = []
    const attributes: Attribute[] = []
    for (this.#skipNewlines(); !this.#takeIf('}'); this.#skipNewlines()) {
      if (this.#is('@@')) attributes.push(this.#attribute('@@'))
      else fields.push(this.#field())
      if (!this.#is('}')) this.#take('newline')
    }
    return { kind, name, fields, attributes, line }
  }

  #field(): Field {
    const { line } = this.#peek()
    const name = this.#take('name')
    if (this.#takeIf('=')) return { ...plain, name, setting: this.#value(), line }
    const type = this.#peek().type === 'name' ? this.#value() : null
    const isList = this.#takeIf('[')
    if (isList) this.#take('mark', ']')
    const isOptional = this.#takeIf('?')
    this.#takeIf('!')
    const attributes: Attribute[] = []
    while (this.#is('@')) attributes.push(this.#attribute('@'))
    return { ...plain, name, type, isList, isOptional, attributes, line }
  }

  /** `@db.VarChar(20)`, `@@index([a, b(sort: Desc)], map: "x")`. */
  #attribute(mark: '@' | '@@'): Attribute {
    const { line } = this.#peek()
    this.#take('mark', mark)
    let name = this.#take('name')
    while (this.#takeIf('.')) name += `.${this.#take('name')}`
    return { name, args: this.#is('(') ? this.#args() : [], line }
  }

  #args(): readonly Argument[] {
    const found: Argument[] = []
    this.#take('mark', '(')
    for (this.#skipNewlines(); !this.#takeIf(')'); this.#skipNewlines()) {
      const next = this.#tokens[this.#at + 1]
      const isNamed = this.#peek().type === 'name' && next?.type === 'mark' && next.text === ':'
      const name = isNamed ? this.#take('name') : null
      if (isNamed) this.#take('mark', ':')
      found.push({ name, value: this.#value() })
      this.#skipNewlines()
      if (!this.#is(')')) this.#take('mark', ',')
    }
    return found
  }

  #value(): Value {
    const { type, text } = this.#peek()
    if (type === 'text' || type === 'number') return { type, text: this.#take(type) }
    if (this.#is('[')) return { type: 'list', items: this.#items() }
    let name = this.#take('name')
    while (this.#takeIf('.')) name += `.${this.#take('name')}`
    return this.#is('(') ? { type: 'call', name, args: this.#args() } : { type: 'name', text: name || text }
  }

  #items(): readonly Value[] {
    const items: Value[] = []
    this.#take('mark', '[')
    for (this.#skipNewlines(); !this.#takeIf(']'); this.#skipNewlines()) {
      items.push(this.#value())
      this.#skipNewlines()
      if (!this.#is(']')) this.#take('mark', ',')
    }
    return items
  }

  #peek(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new Unread(this.#tokens.at(-1)?.line ?? 1)
    return token
  }

  #is(mark: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.type === 'mark' && token.text === mark
  }

  #takeIf(mark: string): boolean {
    const isThere = this.#is(mark)
    if (isThere) this.#at++
    return isThere
  }

  #take(type: Token['type'], text?: string): string {
    const token = this.#peek()
    if (token.type !== type || (text !== undefined && token.text !== text)) throw new Unread(token.line)
    this.#at++
    return token.text
  }

  #skipNewlines(): void {
    while (this.#tokens[this.#at]?.type === 'newline') this.#at++
  }
}

const plain = { type: null, isList: false, isOptional: false, setting: null, attributes: [] } as const
