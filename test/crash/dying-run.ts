import { readFile } from 'node:fs/promises'

import type { ConductEnd } from '../conduct-process.ts'

/** More processes than any run of a test has points. */
const processesMax = 400

export interface DyingRun {
  /** Starts conduct in an estate that nobody else works in. */
  start(
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): { readonly ended: Promise<ConductEnd> }
  /** Flags of `run` and `resume`; `--wait --json` are given anyway. */
  readonly flags: readonly string[]
  /** Where to die: points with spaces between, `every`, or `every:acted`. */
  readonly killAt: string
  /** Does not exist yet. */
  readonly pointsFile: string
  /** Does what others have to do before the run goes on. */
  help(stopped: StoppedDocument): Promise<void>
}

/** What the tests read of a run that waits for somebody. */
export interface StoppedDocument {
  readonly run: string
  readonly next: string | null
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string }
}

export interface DiedOften {
  /** `<point>@<step>` of each death, in order. */
  readonly deaths: readonly string[]
  readonly last: ConductEnd
}

/**
 * One run whose every process dies by SIGKILL at the first wanted point that none of them has passed before, and is
 * resumed, until one comes to the end: every point is died at, in one world that all deaths have to leave whole.
 */
export async function dieAgainAndAgain(dying: DyingRun): Promise<DiedOften> {
  const deaths: string[] = []
  const env = { CONDUCT_REHEARSE_KILL_AT: dying.killAt, CONDUCT_REHEARSE_POINTS_FILE: dying.pointsFile }
  let run: string | null = null
  for (let processes = 0; processes < processesMax; processes += 1) {
    const words: readonly string[] = run === null ? ['run', 'engine'] : ['resume', run]
    const end = await dying.start([...words, ...dying.flags, '--wait', '--json'], env).ended
    run ??= await onlyRun(dying)
    // A shell in between tells of it in its own way.
    if (end.signal === 'SIGKILL' || end.exit === 137) deaths.push(await lastLine(dying.pointsFile))
    else if (!(await helped(dying, end))) return { deaths, last: end }
  }
  throw new Error(`not done after ${processesMax} processes; it died at ${deaths.join(', ')}`)
}

/** Somebody has to approve, or to say whether a workflow was dispatched. */
async function helped(dying: DyingRun, end: ConductEnd): Promise<boolean> {
  if (end.exit !== 6 && end.exit !== 7) return false
  const stopped = JSON.parse(end.stdout) as StoppedDocument
  if (end.exit === 7 && stopped.error?.code !== 'OUTCOME_UNKNOWN') return false
  await dying.help(stopped)
  return true
}

/** A run that died before it wrote anything down has no name. */
async function onlyRun(dying: DyingRun): Promise<string | null> {
  const { stdout } = await dying.start(['status', '--json']).ended
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly run: string }[] }
  return runs[0]?.run ?? null
}

async function lastLine(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').at(-1) ?? ''
}
