/** What a shell makes of a text before it runs anything: words, operators, redirections. */
export type Token =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'operator'; readonly text: string }
  | { readonly kind: 'redirection'; readonly operator: string; readonly target: Word }

/** The parts of one word, side by side. */
export interface Word {
  readonly parts: readonly Part[]
  /** As it was typed. */
  readonly said: string
  /** True where any of it was quoted: it is no reserved word and no assignment's name. */
  readonly isQuoted: boolean
}

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly isQuoted: boolean }
  /** What a command prints. */
  | { readonly kind: 'output'; readonly script: readonly Token[]; readonly isQuoted: boolean }
  /** Something else that only a running shell knows. */
  | { readonly kind: 'unknown'; readonly isQuoted: boolean; readonly scripts: readonly (readonly Token[])[] }

export class ShellProblem extends Error {}

export function scriptsIn(part: Part): readonly (readonly Token[])[] {
  if (part.kind === 'output') return [part.script]
  return part.kind === 'unknown' ? part.scripts : []
}
