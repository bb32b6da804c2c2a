import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import { batchPlanToWire, defaultBatchPolicy, planBatch } from '@conduct/planner'
import { countValue, textValue } from '../../arguments/values.ts'
import { readSources } from '../../batch/sources.ts'
import { batchPlanText } from '../../batch/text.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'

export type Flags = {
  readonly branch?: readonly string[]
  readonly base?: string
  readonly folder?: readonly (readonly [name: string, folder: string])[]
  readonly 'base-folder'?: string
  readonly under?: readonly string[]
  readonly rows?: string
  readonly hot?: readonly string[]
  readonly urgent?: readonly string[]
  readonly postgres?: number
  readonly 'max-changes'?: number
}

const text = { kind: 'parsed', parse: textValue, optional: true } as const

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Reads the schema changes of open branches (or of folders), and says which of them can share a turn of the migration lane, in which order, and why. Nothing is written.',
    'Rails migrations are read by Ruby’s own parser, Postgres SQL by the server’s: plain folders, Flyway, Prisma and Drizzle. What could not be read is named, and gets a turn to itself.',
  ],
  parameters: {
    flags: {
      branch: {
        ...text,
        variadic: true,
        placeholder: 'pattern',
        brief: 'Branches, local or of a remote: feature/*',
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
      rows: {
        ...text,
        placeholder: 'file',
        brief: 'JSON with the number of rows by table: what is small, what is large',
      },
      hot: {
        ...text,
        variadic: true,
        placeholder: 'table',
        brief: 'A turn locks one of these tables at most',
      },
      urgent: { ...text, variadic: true, placeholder: 'ticket', brief: 'Gets a turn to itself' },
      postgres: {
        kind: 'parsed',
        parse: countValue,
        optional: true,
        placeholder: 'major',
        brief: 'Major of the server, for what a statement locks; default: 18',
      },
      'max-changes': {
        kind: 'parsed',
        parse: countValue,
        optional: true,
        placeholder: 'n',
        brief: 'Most tickets in one turn; default: 8',
      },
    },
  },
  examples: [
    ['batch plan --branch "feature/*"', 'what could share a turn, of all feature branches'],
    ['batch plan --folder a=sql/a --folder b=sql/b --base-folder sql/done', 'the same, of folders'],
    ['batch plan --branch "*" --rows rows.json --json', 'for a program, with the sizes of tables'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  const { branch, folder, under, hot, urgent } = flags
  const baseFolder = flags['base-folder']
  if (branch === undefined && folder === undefined) {
    throw new ConductError('BATCH_SOURCE_MISSING', 'neither --branch nor --folder says what to read')
  }
  const rows = flags.rows === undefined ? {} : await readRows(path.resolve(context.cwd, flags.rows))
  const sources = await readSources(
    {
      base: flags.base ?? 'main',
      ...(branch === undefined ? {} : { branch }),
      ...(folder === undefined ? {} : { folder }),
      ...(under === undefined ? {} : { under }),
      ...(baseFolder === undefined ? {} : { baseFolder }),
    },
    context,
  )
  const plan = planBatch({
    tickets: sources.tickets.map((each) => ({
      ...each,
      weight: 1,
      isUrgent: urgent?.includes(each.id) === true,
    })),
    base: sources.base,
    files: sources.files,
    rows,
    policy: {
      ...defaultBatchPolicy,
      hotTables: hot ?? [],
      major: flags.postgres ?? defaultBatchPolicy.major,
      ticketsPerTurnMax: flags['max-changes'] ?? defaultBatchPolicy.ticketsPerTurnMax,
    },
    now: new Date(),
    inFlight: sources.looked,
  })
  return {
    exit: 0,
    data: { ...batchPlanToWire(plan), base_problem: sources.baseProblem },
    text: (style) => batchPlanText(plan, sources.baseProblem, style),
  }
}

function folderValue(value: string): readonly [string, string] {
  const at = value.indexOf('=')
  if (at < 1 || at === value.length - 1) throw new Error('it is not ticket=folder')
  return [value.slice(0, at), value.slice(at + 1)]
}

async function readRows(file: string): Promise<Readonly<Record<string, number>>> {
  const refuse = (why: string): never => {
    throw new ConductError('BATCH_ROWS_INVALID', `${file}: ${why}`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') {
      return refuse(error instanceof SyntaxError ? error.message : 'there is no such file')
    }
    throw error
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refuse('it is no object')
  return Object.fromEntries(
    Object.entries(parsed).map(([table, count]: [string, unknown]) =>
      typeof count === 'number' && count >= 0 ? [table, count] : refuse(`${table} has no number of rows`),
    ),
  )
}
