import { tokenize } from './tokenize.ts'
import { type Part, scriptsIn, ShellProblem, type Token, type Word } from './token.ts'

/** One command as a shell would start it: the words that are known, and what is known of the others. */
export interface Started {
  readonly words: readonly Known[]
  /** What it reads from a heredoc or a here-string; null: something else, or nothing. */
  readonly input: Known | null
  /** It reads what another command prints. */
  readonly isPiped: boolean
  /** Files that the shell writes for it. */
  readonly writes: readonly Known[]
}

/** A word, as far as it can be known without running anything. */
export interface Known {
  /** Null: only a running shell knows all of it; then it begins and ends so. */
  readonly text: string | null
  readonly prefix: string
  readonly suffix: string
  /** It may turn out to be several words, or none. */
  readonly isSplit: boolean
  readonly said: string
  /** The same for a shell that reads it once more, with a name in place of what is not known. */
  readonly template: string
}

export interface Collected {
  readonly commands: readonly Started[]
  /** Where the text is none that a shell takes. */
  readonly problem: string | null
}

/** Every command in a text, wherever it stands: in lists, pipes, groups, conditions, loops, functions, substitutions. */
export function collectCommands(text: string): Collected {
  try {
    const tokens = tokenize(text)
    const known = literalAssignments(tokens)
    return { commands: inScript(tokens, known), problem: null }
  } catch (error) {
    if (!(error instanceof ShellProblem)) throw error
    return { commands: [], problem: error.message }
  }
}

const opening = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{', 'time', 'coproc'])
const closing = new Set(['fi', 'done', 'esac', '}'])
const assignment = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=/
const declaring = new Set(['export', 'declare', 'local', 'readonly', 'typeset'])

type Variables = ReadonlyMap<string, string | null>

function inScript(tokens: readonly Token[], variables: Variables): readonly Started[] {
  const found: Started[] = []
  let cases = 0
  let isBeforePattern = false
  for (const part of split(tokens)) {
    for (const token of part.tokens) found.push(...nestedIn(token, variables))
    let words = part.tokens.flatMap((token) => (token.kind === 'word' ? [token.word] : []))
    const [first, , third] = words
    if (first?.said === 'case' && !first.isQuoted && third?.said === 'in') {
      cases += 1
      isBeforePattern = true
      words = words.slice(3)
    }
    if (first?.said === 'esac') cases -= 1
    if (isBeforePattern && cases > 0) {
      // Patterns run nothing; the bracket behind the last of them begins the arm.
      if (part.end === ')') isBeforePattern = false
      continue
    }
    if (part.end.startsWith(';;') || part.end === ';&') isBeforePattern = true
    const started = startedBy(words, { part, variables })
    if (started !== null) found.push(started)
  }
  return found
}

interface Piece {
  readonly tokens: readonly Token[]
  /** The operator behind it, and the one before. */
  readonly end: string
  readonly begin: string
}

function split(tokens: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = []
  let current: Token[] = []
  let begin = ''
  const finish = (end: string): void => {
    if (current.length > 0 || end !== '\n') pieces.push({ tokens: current, begin, end })
    current = []
    begin =
      end === '\n' && (begin === '|' || begin === '|&') && pieces.at(-1)?.tokens.length === 0 ? begin : end
  }
  for (const token of tokens) {
    if (token.kind === 'operator' && !isInTest(current)) finish(token.text)
    else current.push(token)
  }
  finish('')
  return pieces
}

/** `[[ a && b ]]` is one command. */
function isInTest(current: readonly Token[]): boolean {
  const said = current.map((token) => (token.kind === 'word' ? token.word.said : ''))
  return said.includes('[[') && !said.includes(']]')
}

function startedBy(
  all: readonly Word[],
  { part, variables }: { readonly part: Piece; readonly variables: Variables },
): Started | null {
  let words = all
  while (words[0] !== undefined && !words[0].isQuoted) {
    // `function name {` begins a body, as a condition begins its list.
    if (words[0].said === 'function') words = words.slice(2)
    else if (opening.has(words[0].said)) words = words.slice(1)
    else break
  }
  const first = words[0]
  if (first === undefined || (!first.isQuoted && closing.has(first.said))) return onlyWrites(part, variables)
  if (['for', 'select', 'case', '[['].includes(first.said)) return onlyWrites(part, variables)
  // `name()` is the head of a function.
  if (part.end === '(' && words.length === 1) return null
  words = words.slice(words.findIndex((word) => assignmentIn(word) === null))
  if (assignmentIn(words[0] ?? first) !== null) return onlyWrites(part, variables)
  const redirections = part.tokens.flatMap((token) => (token.kind === 'redirection' ? [token] : []))
  const input = redirections.findLast(({ operator }) => /^<<(?:-|<)?$/.test(operator))
  return {
    words: words.flatMap((word) => resolve(word, variables)),
    input: input === undefined ? null : (resolve(input.target, variables)[0] ?? null),
    isPiped: part.begin === '|' || part.begin === '|&',
    writes: writesOf(part, variables),
  }
}

function onlyWrites(part: Piece, variables: Variables): Started | null {
  const writes = writesOf(part, variables)
  return writes.length === 0 ? null : { words: [], input: null, isPiped: false, writes }
}

function writesOf(part: Piece, variables: Variables): readonly Known[] {
  return part.tokens.flatMap((token) => {
    if (token.kind !== 'redirection' || !/^(?:>{1,2}|>\||&>{1,2}|<>|>&)$/.test(token.operator)) return []
    const isCopy = token.operator === '>&' && /^(?:\d+|-)$/.test(token.target.said)
    return isCopy ? [] : resolve(token.target, variables)
  })
}

function nestedIn(token: Token, variables: Variables): readonly Started[] {
  if (token.kind === 'operator') return []
  const { parts } = token.kind === 'word' ? token.word : token.target
  return parts.flatMap(scriptsIn).flatMap((script) => inScript(script, variables))
}

/** Names that are set once, to a text that is known: whatever else sets them, or sets them again, makes them unknown. */
function literalAssignments(tokens: readonly Token[]): Variables {
  const values = new Map<string, string | null>()
  const note = (name: string, value: string | null): void => {
    values.set(name, values.has(name) ? null : value)
  }
  for (const { tokens: inside } of split(tokens)) {
    const words = inside.flatMap((token) => (token.kind === 'word' ? [token.word] : []))
    const said = words.map((word) => word.said)
    for (const name of ['for', 'select', 'read', 'mapfile', 'readarray', 'getopts', 'unset', 'printf']) {
      if (said.includes(name)) for (const other of said) if (/^\w+$/.test(other)) note(other, null)
    }
    const isDeclaring = declaring.has(said.find((each) => !opening.has(each)) ?? '')
    const isAlone = words.every((word) => assignmentIn(word) !== null || opening.has(word.said))
    for (const word of words) {
      const set = assignmentIn(word)
      if (set !== null && (isAlone || isDeclaring)) note(set.name, set.value)
    }
  }
  return values
}

function assignmentIn(word: Word): { readonly name: string; readonly value: string | null } | null {
  let plain = ''
  for (const part of word.parts) {
    if (part.kind !== 'text' || part.isQuoted) break
    plain += part.text
  }
  const match = assignment.exec(plain)
  if (match === null) return null
  const texts = word.parts.map((part) => (part.kind === 'text' ? part.text : null))
  const isKnown = texts.every((text) => text !== null) && !match[0].endsWith('+=') && !match[0].includes('[')
  return { name: match[1] ?? '', value: isKnown ? texts.join('').slice(match[0].length) : null }
}

/** One word, or those that an unquoted variable falls into. */
function resolve(word: Word, variables: Variables): readonly Known[] {
  const values = word.parts.map((part) => valueOf(part, variables))
  const isSplit = word.parts.some((part, at) => !part.isQuoted && part.kind !== 'text' && values[at] === null)
  const { said } = word
  if (values.every((value) => value !== null)) {
    const text = values.join('')
    const isFromVariable = word.parts.some((part) => part.kind === 'variable' && !part.isQuoted)
    const texts = isFromVariable ? text.split(/\s+/).filter((each) => each !== '') : [text]
    return texts.map((each) => knownText(each, said))
  }
  const first = values.indexOf(null)
  const last = values.lastIndexOf(null)
  return [
    {
      text: null,
      prefix: values.slice(0, first).join(''),
      suffix: values.slice(last + 1).join(''),
      isSplit,
      said,
      template: values.map((value) => value ?? unknownName).join(''),
    },
  ]
}

/** Set by nobody: a shell that reads it knows as little as we do. */
const unknownName = '${_not_known_here}'

export function knownText(text: string, said = text): Known {
  return { text, prefix: text, suffix: text, isSplit: false, said, template: text }
}

function valueOf(part: Part, variables: Variables): string | null {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'variable':
      return variables.get(part.name) ?? null
    case 'output':
      return programAsked(part.script)
    case 'unknown':
      return null
    default:
      return part satisfies never
  }
}

/** `$(which node)` and `$(command -v node)` print where that program is: for us, its name. */
function programAsked(script: readonly Token[]): string | null {
  const said = script.map((token) => (token.kind === 'word' ? token.word.said : ''))
  const name = said[0] === 'which' ? said[1] : said[0] === 'command' && said[1] === '-v' ? said[2] : undefined
  return name !== undefined && /^[\w./-]+$/.test(name) && said.at(-1) === name ? name : null
}
