import { countValue, textValue } from '../arguments/values.ts'
import { quoteWord } from '../quote-word.ts'

/** What says which schema changes are read, and by which rules they are planned; all batch commands take them. */
// A type: what the parser takes has an index signature, which an interface never has.
export type PlanFlags = {
  readonly branch?: readonly string[]
  readonly 'pull-requests'?: string
  readonly tasks?: boolean
  readonly base?: string
  readonly folder?: readonly (readonly [name: string, folder: string])[]
  readonly 'base-folder'?: string
  readonly under?: readonly string[]
  readonly statistics?: string
  readonly hot?: readonly string[]
  readonly urgent?: readonly string[]
  readonly priority?: readonly (readonly [ticket: string, priority: number])[]
  readonly lane?: string
  readonly postgres?: number
  readonly 'max-changes'?: number
  readonly 'max-risk'?: number
}

const text = { kind: 'parsed', parse: textValue, optional: true } as const

export const planFlags = {
  branch: {
    ...text,
    variadic: true,
    placeholder: 'pattern',
    brief: 'Branches, local or of a remote: feature/*',
  },
  'pull-requests': {
    ...text,
    placeholder: 'repo',
    brief: 'Branches of the open pull requests of this repo of lanes.yaml, at its forge',
  },
  tasks: {
    kind: 'boolean',
    optional: true,
    brief: 'Branches that have the id of an open task in their name: feat/T-12-nick',
  },
  base: { ...text, placeholder: 'ref', brief: 'What they branched off; default: main' },
  folder: {
    kind: 'parsed',
    parse: folderValue,
    optional: true,
    variadic: true,
    placeholder: 'ticket=folder',
    brief: 'A folder of migrations that is one ticket',
  },
  'base-folder': {
    ...text,
    placeholder: 'folder',
    brief: 'The migrations that have run already, for folders',
  },
  under: {
    ...text,
    variadic: true,
    placeholder: 'folder',
    brief: 'Only migrations below this folder of a branch',
  },
  statistics: {
    ...text,
    placeholder: 'file|url',
    brief:
      'The rows by table, which say what is small: a JSON file, or postgres://… whose catalog is read; default: CONDUCT_STATISTICS, else the lane’s statistics',
  },
  hot: {
    ...text,
    variadic: true,
    placeholder: 'table',
    brief: 'A turn locks one of these tables at most',
  },
  urgent: { ...text, variadic: true, placeholder: 'ticket', brief: 'Gets a turn to itself' },
  priority: {
    kind: 'parsed',
    parse: priorityValue,
    optional: true,
    variadic: true,
    placeholder: 'ticket=n',
    brief: 'Counts as much as n tickets when turns are put in order; default: 1',
  },
  lane: {
    ...text,
    placeholder: 'lane',
    brief: 'The migration lane; default: the only one of lanes.yaml with batching',
  },
  postgres: {
    kind: 'parsed',
    parse: countValue,
    optional: true,
    placeholder: 'major',
    brief: 'Major of the server, for what a statement locks; default: that of --statistics, else 18',
  },
  'max-changes': {
    kind: 'parsed',
    parse: countValue,
    optional: true,
    placeholder: 'n',
    brief: 'Most tickets in one turn; default: the lane’s max_changes, else 8',
  },
  'max-risk': {
    kind: 'parsed',
    parse: countValue,
    optional: true,
    placeholder: 'n',
    brief: 'Most risk in one turn; default: the lane’s risk_per_turn, else 12',
  },
} as const

/** The same flags, as they are typed again. */
export function flagWords(flags: PlanFlags): string {
  const words = Object.keys(planFlags).flatMap((name) => {
    const value: unknown = flags[name as keyof PlanFlags]
    if (typeof value === 'boolean') return value ? ` --${name}` : ''
    const values: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
    return values.map((each) => {
      const word = Array.isArray(each) ? each.join('=') : withoutPassword(String(each))
      return ` --${name} ${quoteWord(word)}`
    })
  })
  return words.join('')
}

export function isPostgres(address: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(address)
}

/** What is printed has no secret: whoever types it again has the password in PGPASSWORD or in ~/.pgpass. */
function withoutPassword(word: string): string {
  if (!isPostgres(word) || !URL.canParse(word)) return word
  const url = new URL(word)
  url.password = ''
  url.searchParams.delete('password')
  return url.href
}

function folderValue(value: string): readonly [string, string] {
  const at = value.indexOf('=')
  if (at < 1 || at === value.length - 1) throw new Error('it is not ticket=folder')
  return [value.slice(0, at), value.slice(at + 1)]
}

function priorityValue(value: string): readonly [string, number] {
  const at = value.lastIndexOf('=')
  const priority = countValue(value.slice(at + 1))
  if (at < 1) throw new Error('it is not ticket=number')
  return [value.slice(0, at), priority]
}
