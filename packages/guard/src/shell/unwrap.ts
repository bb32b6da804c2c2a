import { basename } from '../program-name.ts'
import { type Known, knownText, type Started } from './collect.ts'

/** What a command comes down to: itself, the commands it starts, the scripts it hands to a shell. */
export interface Unwrapped {
  readonly commands: readonly (readonly Known[])[]
  readonly scripts: readonly Known[]
  /** It runs something that cannot be seen here, in words. */
  readonly hidden: readonly string[]
}

const shells = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash'])
const interpreters = new Set(['ruby', 'node', 'python', 'python3', 'perl', 'php', 'bun', 'deno', 'tsx'])

/** Programs that run the rest of their words: options that take a value, and how many words stand before the command. */
interface Prefix {
  readonly valued?: string
  readonly skip?: number
  readonly after?: readonly string[]
}

const prefixes: Readonly<Record<string, Prefix>> = {
  command: {},
  builtin: {},
  exec: { valued: 'a' },
  nohup: {},
  setsid: {},
  time: { valued: 'fo' },
  nice: { valued: 'n' },
  ionice: { valued: 'cn' },
  stdbuf: { valued: 'ioe' },
  sudo: { valued: 'ugphCRTDrt' },
  doas: { valued: 'uC' },
  env: { valued: 'uC' },
  timeout: { valued: 'ks', skip: 1 },
  watch: { valued: 'n' },
  xargs: { valued: 'InPLdasE' },
  strace: { valued: 'eop' },
  dotenv: { valued: 'fe' },
  bundle: { after: ['exec'] },
  spring: {},
  npx: { valued: 'p' },
  bunx: {},
  npm: { valued: 'w', after: ['exec', 'x'] },
  pnpm: { valued: 'CF', after: ['exec', 'dlx', 'x', ''] },
  yarn: { after: ['exec', 'dlx', 'run', ''] },
  bun: { after: ['x', 'run'] },
  poetry: { after: ['run'] },
  uv: { after: ['run'] },
  uvx: {},
  pipenv: { after: ['run'] },
  rye: { after: ['run'] },
  hatch: { after: ['run'] },
  mise: { after: ['exec', 'x'] },
  rbenv: { after: ['exec'] },
  pyenv: { after: ['exec'] },
  asdf: { after: ['exec'] },
  direnv: { after: ['exec'], skip: 1 },
  conduct: { after: [] },
}

/** Programs that run a command somewhere else, behind words that only they understand. */
const elsewhere = new Set([
  'docker',
  'docker-compose',
  'podman',
  'kubectl',
  'heroku',
  'fly',
  'flyctl',
  'ssh',
  'nix',
  'find',
  'parallel',
  'su',
  'script',
  'nix-shell',
  'nix-env',
  'vagrant',
])

const layersMax = 12

export function unwrap(started: Started): Unwrapped {
  const commands: (readonly Known[])[] = []
  const scripts: Known[] = []
  const hidden: string[] = []
  const open: (readonly Known[])[] = [started.words]
  for (let layers = 0; layers < layersMax; layers += 1) {
    const words = open.shift()
    if (words === undefined) break
    const program = words[0]
    if (program === undefined) continue
    commands.push(words)
    if (program.text === null) continue
    const name = basename(program.text)
    const rest = words.slice(1)
    if (shells.has(name) || name === 'eval' || name === 'source' || name === '.') {
      const given = scriptOf(name, rest, started)
      scripts.push(...given.scripts)
      hidden.push(...given.hidden)
      if (given.file !== null) open.push(given.file)
      continue
    }
    if (interpreters.has(name) && rest[0]?.text?.startsWith('-') === false) open.push(rest)
    if (name === 'conduct' && rest.some((word) => word.text === '--')) {
      open.push(rest.slice(rest.findIndex((word) => word.text === '--') + 1))
    }
    if (elsewhere.has(name)) {
      rest.forEach((_, at) => commands.push(rest.slice(at)))
      scripts.push(...rest.filter((word) => word.text === null || word.text.includes(' ')))
      continue
    }
    open.push(...behind(name, rest, started))
    scripts.push(...optionScripts(name, rest))
  }
  return { commands, scripts, hidden }
}

function behind(name: string, words: readonly Known[], { isPiped }: Started): readonly (readonly Known[])[] {
  const prefix = Object.hasOwn(prefixes, name) ? prefixes[name] : undefined
  if (prefix === undefined) return []
  const { valued = '', skip = 0, after } = prefix
  let rest = skipOptions(words, valued)
  if (after !== undefined) {
    const isNamed = after.includes(rest[0]?.text ?? '\0')
    if (!isNamed && !after.includes('')) return []
    if (isNamed) rest = skipOptions(rest.slice(1), valued)
  }
  rest = rest.slice(skip)
  // `env` and `sudo` take assignments first.
  while (/^[A-Za-z_]\w*=/.test(rest[0]?.text ?? rest[0]?.prefix ?? '')) rest = rest.slice(1)
  if (rest.length === 0) return []
  return [name === 'xargs' && isPiped ? [...rest, fromInput] : rest]
}

/** Words that `xargs` appends: as many as there are lines. */
const fromInput: Known = {
  text: null,
  prefix: '',
  suffix: '',
  isSplit: true,
  said: 'what xargs reads',
  template: '',
}

function skipOptions(words: readonly Known[], valued: string): readonly Known[] {
  let rest = words
  for (;;) {
    const text = rest[0]?.text
    if (text === '--') return rest.slice(1)
    if (text === undefined || text === null || !text.startsWith('-') || text === '-') return rest
    const isValued = text.length === 2 && valued.includes(text.charAt(1))
    rest = rest.slice(isValued ? 2 : 1)
  }
}

/** `sh -c text`, `eval words`, `bash <<END`, `… | sh`. */
function scriptOf(
  name: string,
  words: readonly Known[],
  { input, isPiped }: Started,
): {
  readonly scripts: readonly Known[]
  readonly hidden: readonly string[]
  readonly file: readonly Known[] | null
} {
  if (name === 'eval') return { scripts: [joined(words)], hidden: [], file: null }
  if (name === 'source' || name === '.') return { scripts: [], hidden: [], file: null }
  const at = words.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word.text ?? ''))
  if (at !== -1) {
    const script = words.slice(at + 1).find((word) => word.text?.startsWith('-') !== true)
    return { scripts: script === undefined ? [] : [script], hidden: [], file: null }
  }
  const file = skipOptions(words, 'oO')
  const readsInput = file.length === 0 || words.some((word) => word.text === '-s')
  if (!readsInput) return { scripts: [], hidden: [], file }
  if (input !== null) return { scripts: [input], hidden: [], file: null }
  return { scripts: [], hidden: isPiped ? [`what ${name} reads from the pipe`] : [], file: null }
}

/** `npx -c text`, `npm exec -c text`, `env -S text`. */
function optionScripts(name: string, words: readonly Known[]): readonly Known[] {
  const flag = {
    npx: /^(?:-c|--call)$/,
    npm: /^(?:-c|--call)$/,
    env: /^(?:-S|--split-string)$/,
    watch: null,
  }[name]
  if (name === 'watch') return words.filter((word) => word.text?.includes(' ') === true)
  if (flag === undefined || flag === null) return []
  const at = words.findIndex((word) => flag.test(word.text ?? ''))
  const script = at === -1 ? undefined : words[at + 1]
  return script === undefined ? [] : [script]
}

function joined(words: readonly Known[]): Known {
  const text = words.map((word) => word.template).join(' ')
  return knownText(text, words.map((word) => word.said).join(' '))
}
