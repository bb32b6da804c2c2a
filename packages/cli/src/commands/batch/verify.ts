import { join } from 'node:path'
import type { Command, Repo } from '@conduct/config'
import { ConductError, exitCodes } from '@conduct/core'
import {
  isAllSql,
  openCommandSides,
  openScratchServer,
  readWrittenBatch,
  sqlSides,
  type Verification,
  verifyBatch,
  type WrittenSources,
} from '@conduct/conductor'
import { cacheHome, openBranchWriter } from '@conduct/git'
import { defaultBatchPolicy, loadLayoutTools } from '@conduct/planner'
import { countValue, textValue } from '../../arguments/values.ts'
import { readBatching } from '../../batch/batching.ts'
import { type Verified, verifiedText, verifiedToWire } from '../../batch/verified.ts'
import type { CommandContext, CommandRun, CommandSpec } from '../../command.ts'

export type Flags = {
  readonly server?: string
  readonly run?: string
  readonly lane?: string
  readonly repo?: string
  readonly postgres?: number
}

const text = { kind: 'parsed', parse: textValue, optional: true } as const

export const spec: CommandSpec<Flags, [branch: string]> = {
  description: [
    'Makes scratch databases on a real Postgres, brings both to what is on the base, runs the batch on one and its tickets one after another on the other, and compares all that the catalogs and the rows say. The databases are dropped afterwards.',
    'SQL migrations run as they are, each file in its transaction. The app’s own command (batching.verify of the lane, or --run) runs in private worktrees with DATABASE_URL set; Rails migrations need it.',
    'Exit 0: equal. Exit 3: they differ, or one of them does not run.',
  ],
  parameters: {
    flags: {
      server: {
        ...text,
        placeholder: 'url',
        brief: 'A Postgres where databases may be made: postgres://…; default: CONDUCT_SCRATCH_SERVER',
      },
      run: {
        ...text,
        placeholder: 'command',
        brief: 'What runs the migrations; default: the lane’s batching.verify',
      },
      lane: {
        ...text,
        placeholder: 'lane',
        brief: 'The migration lane; default: the only one with batching',
      },
      repo: {
        ...text,
        placeholder: 'repo',
        brief: 'The repo of lanes.yaml whose setup runs first; default: the only one',
      },
      postgres: {
        kind: 'parsed',
        parse: countValue,
        optional: true,
        placeholder: 'major',
        brief: 'Major of the server, for what runs in no transaction; default: 18',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: textValue, placeholder: 'branch', brief: 'The branch that batch write made' }],
    },
  },
  examples: [
    [
      'batch verify conduct/batch-1a2b3c4d --server postgres://me@localhost/postgres',
      'whether it reaches the same schema',
    ],
    ['batch verify conduct/batch-1a2b3c4d --run "bin/rails db:migrate"', 'by the app’s own command'],
  ],
}

export const run: CommandRun<Flags, [branch: string]> = async (context, flags, branch) => {
  const { cwd, signal, env } = context
  const address = flags.server ?? env['CONDUCT_SCRATCH_SERVER']
  const sources = await readWrittenBatch({ cwd, ref: branch, signal })
  const command = await commandFor(context, flags)
  const { lane } = await readBatching(context, flags.lane, { isStoreAsked: false })
  const isSql = isAllSql(sources)
  if (lane?.rules.dialect === 'mysql') {
    throw new ConductError(
      'BATCH_UNVERIFIABLE',
      `the scratch server is a Postgres, and ${lane.name} says that its migrations are for MySQL`,
      {
        hint: 'Run the batch, and its tickets one after another, on two databases of your own, and compare their dumps.',
      },
    )
  }
  if (address === undefined) throw new ConductError('BATCH_UNVERIFIABLE', 'no --server says where to try it')
  if (!isSql && command === null) {
    throw new ConductError(
      'BATCH_UNVERIFIABLE',
      'its migrations are not all SQL of Postgres, and no command says how to run them',
    )
  }
  await using server = await openScratchServer(address)
  const ways: Verified['ways'][number][] = []
  if (isSql) {
    const tools = await loadLayoutTools([])
    const major = flags.postgres ?? defaultBatchPolicy.major
    ways.push({ by: 'sql', result: await verifyBatch(server, sqlSides(sources, tools, major)) })
  }
  if (command !== null) {
    const result = await verifyByCommand({ context, sources, server, ...command })
    ways.push({ by: 'command', result })
  }
  const verified: Verified = { sources, branch, ways }
  const isEqual = ways.every(({ result }) => result.outcome === 'equal')
  return {
    exit: isEqual ? exitCodes.done : exitCodes.preflight,
    data: verifiedToWire(verified),
    text: (style) => verifiedText(verified, style),
    ...(isEqual ? {} : { error: notEqual(ways.map((each) => each.result)) }),
  }
}

function notEqual(results: readonly Verification[]): ConductError {
  const failed = results.find((each) => each.outcome === 'failed')
  return new ConductError(
    'BATCH_NOT_EQUAL',
    failed === undefined
      ? 'the batch does not reach what its tickets reach'
      : `${failed.step} does not run: ${failed.problem.split('\n')[0] ?? ''}`,
  )
}

interface AppCommand {
  readonly command: Command
  readonly repo: Repo | null
}

/** Null: nothing says how the app runs its migrations. */
async function commandFor(context: CommandContext, flags: Flags): Promise<AppCommand | null> {
  const { loaded, lane } = await readBatching(context, flags.lane, { isStoreAsked: false })
  const repos = loaded?.config.repos ?? new Map<string, Repo>()
  const [only] = repos.size === 1 ? repos.values() : []
  const repo = flags.repo === undefined ? (only ?? null) : repos.get(flags.repo)
  if (repo === undefined) {
    throw new ConductError('USAGE', `lanes.yaml declares no repo ${flags.repo}`, {
      hint: `Declared repos: ${[...repos.keys()].join(', ') || 'none'}.`,
    })
  }
  const command =
    flags.run === undefined ? (lane?.rules.verify ?? null) : { argv: flags.run.trim().split(/\s+/) }
  return command === null ? null : { command, repo }
}

async function verifyByCommand(options: {
  readonly context: CommandContext
  readonly sources: WrittenSources
  readonly server: Awaited<ReturnType<typeof openScratchServer>>
  readonly command: Command
  readonly repo: Repo | null
}): Promise<Verification> {
  const { context, sources, server, command, repo } = options
  const { cwd, signal, env } = context
  await using opened = await openCommandSides({
    writer: await openBranchWriter({ cwd, signal }),
    folder: join(cacheHome(env), 'worktrees'),
    sources,
    command,
    setup: repo?.setup ?? [],
    passEnv: repo?.env ?? [],
    signal,
  })
  return await verifyBatch(server, opened.sides, {
    unlessAnything: 'nothing arrived in the scratch database: it has to migrate the Postgres of DATABASE_URL',
  })
}
