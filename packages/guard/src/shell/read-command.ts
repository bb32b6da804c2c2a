import { basename } from '../program-name.ts'
import { collectCommands, type Known, type Started } from './collect.ts'
import { unwrap } from './unwrap.ts'

/** What a command line would start, as far as it can be known without running it. */
export interface CommandReading {
  /** Every command, and every command behind another one, as words. */
  readonly commands: readonly (readonly Known[])[]
  /** What it runs that nobody can see here, in words: it may be anything. */
  readonly hidden: readonly string[]
  /** Files it writes, moves or removes, as they are named. */
  readonly files: readonly string[]
  /** Folders it goes to first; files may be named from there. */
  readonly folders: readonly string[]
}

const scriptsMax = 200
/** Beyond it nobody reads a command line. */
const lengthMax = 100_000

/** Never fails: what no shell would take is hidden, and says why. */
export function readCommand(text: string): CommandReading {
  if (text.length > lengthMax) {
    return { commands: [], hidden: [`a command line of ${text.length} characters`], files: [], folders: [] }
  }
  const commands: (readonly Known[])[] = []
  const hidden: string[] = []
  const started: Started[] = []
  const open = [text]
  const seen = new Set<string>()
  while (open.length > 0 && seen.size < scriptsMax) {
    const script = open.shift() ?? ''
    if (seen.has(script)) continue
    seen.add(script)
    const collected = collectCommands(script)
    if (collected.problem !== null) hidden.push(`${shorten(script)}: it ${collected.problem}`)
    for (const each of collected.commands) {
      const unwrapped = unwrap(each)
      started.push(each)
      commands.push(...unwrapped.commands)
      hidden.push(...unwrapped.hidden)
      open.push(...unwrapped.scripts.map(({ template }) => template))
    }
  }
  if (open.length > 0) hidden.push(`more than ${scriptsMax} scripts inside of each other`)
  return {
    commands,
    hidden: [...new Set(hidden)],
    files: [...new Set([...started.flatMap(({ writes }) => textsOf(writes)), ...commands.flatMap(filesOf)])],
    folders: commands.flatMap((words) =>
      ['cd', 'pushd'].includes(words[0]?.text ?? '') ? textsOf(words.slice(1)) : [],
    ),
  }
}

const fileWriters = new Set(['tee', 'touch', 'cp', 'mv', 'rm', 'ln', 'install', 'truncate', 'patch'])

/** Of programs whose words are files; a copy's source is named, too, which costs a look and nothing else. */
function filesOf(words: readonly Known[]): readonly string[] {
  const [program, ...rest] = words
  const name = basename(program?.text ?? '')
  const isInPlace = (name === 'sed' || name === 'perl') && rest.some((word) => /^-\w*i/.test(word.text ?? ''))
  const isGit = name === 'git' && ['mv', 'rm'].includes(rest[0]?.text ?? '')
  if (!fileWriters.has(name) && !isInPlace && !isGit) return []
  // The last one is what is written by whoever copies.
  const named = textsOf(isGit ? rest.slice(1) : rest).filter((text) => !text.startsWith('-'))
  return name === 'cp' || name === 'ln' || name === 'install' ? intoLast(named) : named
}

/** `cp a b/` writes `b/a`. */
function intoLast(named: readonly string[]): readonly string[] {
  const target = named.at(-1)
  if (target === undefined) return []
  return [target, ...named.slice(0, -1).map((source) => `${target.replace(/\/$/, '')}/${basename(source)}`)]
}

function textsOf(words: readonly Known[]): readonly string[] {
  return words.flatMap(({ text }) => (text === null || text === '' ? [] : [text]))
}

const shownMax = 60

export function shorten(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length <= shownMax ? line : `${line.slice(0, shownMax - 1)}…`
}
