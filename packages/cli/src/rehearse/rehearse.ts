import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { exitCodeOfKill9, exitCodes, type RunRecord } from '@conduct/core'
import type { Estate } from '@conduct/rehearsal'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { KILL_AT } from '../estate/kill-at.ts'
import { launch } from '../estate/launch.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { loadConfig } from '../estate/load-config.ts'
import { type ChildEnd, conductChild } from './conduct-child.ts'
import type { Rehearsal } from './import-rehearsal.ts'
import { findRehearsalStore, probeRehearsalStore, type RehearsalStore } from './rehearsal-store.ts'
import { movesMax, playPeople } from './play-people.ts'
import { quoteWord } from '../quote-word.ts'
import { estateEnv } from './estate-env.ts'
import { awayLines, leftText, tourText } from './tour-text.ts'
import { toWireEstate } from './wire.ts'

export interface RehearseOptions {
  readonly keep: boolean
  readonly estate: 'small' | 'full'
  readonly killAt?: string
}

const train = 'engine'
const conductor = 'cli:ana'

/** Builds the estate, lets the real command travel through it, and tidies up, or says how to. */
export async function rehearse(
  context: CommandContext,
  rehearsal: Rehearsal,
  options: RehearseOptions,
): Promise<CommandOutcome> {
  const store = findRehearsalStore(context.env)
  const estateName = rehearsal.newEstateName()
  if (store !== null) await probeRehearsalStore(store, { estate: estateName, env: { ...context.env } })
  context.emit({ type: 'progress', message: 'building a throwaway estate: remotes, a registry, apps' })
  const dir = await mkdtemp(join(tmpdir(), 'conduct-rehearsal-'))
  const isKept = options.keep || options.killAt !== undefined
  let estate: Estate | null = null
  let isDone = false
  try {
    estate = await rehearsal.buildEstate({
      dir,
      size: options.estate,
      estateName,
      ...(store === null ? {} : { storeUrl: store.url }),
    })
    context.signal.throwIfAborted()
    const end = await travel(context, {
      estate,
      store,
      env: {
        ...estateEnv(estate),
        ...store?.env,
        ...(isKept ? {} : { CONDUCT_REHEARSE: 'removed' }),
      },
      killAt: options.killAt === undefined ? {} : { [KILL_AT]: options.killAt },
    })
    const outcome = await outcomeOf(context, { estate, end, isKept, killAt: options.killAt ?? null, store })
    isDone = true
    return outcome
  } finally {
    if (!isKept || !isDone) {
      await estate?.stop()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}

/** The run, and after each of its stops what another person has to do; as the conductor of the estate. */
async function travel(
  context: CommandContext,
  options: {
    readonly estate: Estate
    readonly store: RehearsalStore | null
    readonly env: Readonly<Record<string, string>>
    readonly killAt: Readonly<Record<string, string>>
  },
): Promise<ChildEnd> {
  const { estate, env, killAt } = options
  const conduct = (...words: readonly string[]) =>
    conductChild(context, {
      args: ['-c', estate.lanesYamlPath, '--as', conductor, ...words],
      env: { ...env, ...killAt },
    })
  // Where somebody else approves, it is asked for: nobody may approve their own plan there.
  let end = await conduct('run', train, ...(estate.people === null ? ['--approve'] : []))
  for (let moves = 0; moves < movesMax && end.exit === exitCodes.approval; moves += 1) {
    const record = await latestRun(context, options)
    if (record === null || !(await playPeople(context, { estate, record, env }))) break
    end = await conduct('resume', record.run)
  }
  return end
}

interface Ended {
  readonly estate: Estate
  readonly end: ChildEnd
  readonly isKept: boolean
  readonly killAt: string | null
  readonly store: RehearsalStore | null
}

async function outcomeOf(context: CommandContext, ended: Ended): Promise<CommandOutcome> {
  const { estate, end, isKept, killAt, store } = ended
  const launcher = launchIn(context, estate)
  const stop = `${launch(context, null)} rehearse --stop ${estate.dir}`
  const document = parseDocument(end.stdout)
  const base = { ...document, estate: toWireEstate(estate, isKept) }
  if (end.signal === 'SIGKILL') {
    const run = (await latestRun(context, ended))?.run ?? null
    const again = run === null ? `run ${train}${estate.people === null ? ' --approve' : ''}` : `resume ${run}`
    const next = `${environmentOf(estate)}${launcher} ${again}`
    return {
      exit: exitCodeOfKill9,
      ok: false,
      data: { ...base, outcome: 'killed', killed_at: killAt, run, next, stop },
      text: (style) =>
        [
          `${style.red('Killed')} at ${killAt ?? 'an unknown point'}, as kill -9 would at that very moment.`,
          `The estate is in ${estate.dir}; its registry (${estate.registryUrl}) and apps go on for an hour.`,
          `When you are done: ${stop}`,
          ...awayLines(estate),
          ...passwordLines(store),
          ...peopleLines(context, estate, run),
          'This finishes the run:',
          '',
        ].join('\n'),
      nextLabel: '',
      next,
    }
  }
  const exit = end.exit ?? exitCodes.failed
  const missed = killAt === null ? '' : `The run never came to ${killAt}.\n`
  if (!isKept) {
    return {
      exit,
      ok: exit === 0,
      data: base,
      text: () =>
        [
          missed,
          ...awayLines(estate).map((line) => `${line}\n`),
          'The estate was removed.\n',
          estate.isStoreShared ? leftIn(estate) : '',
        ].join(''),
      next: `${launch(context, null)} rehearse --keep`,
    }
  }
  const run = (await latestRun(context, ended))?.run ?? null
  return {
    exit,
    ok: exit === 0,
    data: { ...base, stop },
    text: (style) =>
      [
        missed,
        tourText({ estate, launcher, run, stop, style }),
        ...passwordLines(store).map((line) => `${line}\n`),
      ].join(''),
    nextLabel: 'End it:',
    next: stop,
  }
}

/** As the person who conducts in the estate. */
function launchIn(context: CommandContext, estate: Estate): string {
  return launch({ ...context, global: { ...context.global, as: conductor } }, estate.lanesYamlPath)
}

/** What every command in the estate needs, written before it. */
function environmentOf(estate: Estate): string {
  return Object.entries(estateEnv(estate))
    .map(([name, value]) => `${name}=${quoteWord(value)} `)
    .join('')
}

/** When the run waits for somebody, who that is and what they would type. */
function peopleLines(context: CommandContext, estate: Estate, run: string | null): readonly string[] {
  const { people } = estate
  if (people === null || run === null) return []
  const { as: _, ...withoutName } = context.global
  const asApprover = `${environmentOf(estate)}${launch(
    { ...context, global: { ...withoutName, as: `cli:${people.approver}` } },
    estate.lanesYamlPath,
  )}`
  return [
    `When it waits for ${people.approver}: ${asApprover} approve ${run} --sign --key ${people.keyFile}`,
    `When it waits for the maintainer, they type what it prints, in ${dirname(people.keyFile)}/maintainer, with --otp=${people.otp}`,
  ]
}

function leftIn({ storeUrl, estateName }: Estate): string {
  return leftText({ store: storeUrl, estateName })
}

/** What is printed works pasted into a new shell, but for what must not be printed. */
function passwordLines(store: RehearsalStore | null): readonly string[] {
  const names = Object.keys(store?.env ?? {})
  if (names.length === 0) return []
  return [`The password of the store is written nowhere: the commands need ${names.join(', ')}.`]
}

async function latestRun(
  context: CommandContext,
  { estate, store }: Pick<Ended, 'estate' | 'store'>,
): Promise<RunRecord | null> {
  const inside: CommandContext = {
    ...context,
    global: { ...context.global, config: estate.lanesYamlPath, as: conductor },
  }
  const loaded = await loadConfig(inside)
  const config = store === null ? loaded.config : { ...loaded.config, store: store.secretUrl }
  await using conducted = await openConductor(inside, { ...loaded, config })
  const runs = await conducted.conductor.listRuns()
  const [latest] = runs.toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
  return latest === undefined ? null : await conducted.conductor.readRun(latest.run)
}

/** The document of the child, without what is ours to say. */
function parseDocument(stdout: string): object {
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  if (last === '') return {}
  const {
    format: _format,
    command: _command,
    ok: _ok,
    exit: _exit,
    report: _report,
    ...rest
  } = JSON.parse(last) as Record<string, unknown>
  return rest
}
