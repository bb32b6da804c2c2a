import {
  type ApprovalAsked,
  approveWords,
  askedSentence,
  type ConductEventBody,
  type RunRecord,
  toTimestamp,
} from '@conduct/core'
import type { ConductorOptions, RunResult } from './api.ts'
import { redacted } from './redacted.ts'
import { tell } from './tell.ts'

/** What `notify` of lanes.yaml gets, as one JSON document: on stdin of its command, or posted to its address. */
export interface Announcement {
  readonly format: 1
  /** The same for the same news, however often it is told. */
  readonly id: string
  readonly type:
    | 'run_started'
    | 'run_resumed'
    | 'run_waiting'
    | 'run_stopped'
    | 'run_aborted'
    | 'run_compensated'
    | 'run_done'
  readonly at: string
  readonly estate: string
  readonly train: string
  readonly run: string
  readonly by: string
  readonly state: RunRecord['state']
  readonly exit: number | null
  readonly error: { readonly code: string; readonly message: string } | null
  /** The command to type next. */
  readonly next: string | null
}

/** Conducts, and tells whoever lanes.yaml names when the run sets out and how it ended; a failure only warns. */
export async function announced(
  options: ConductorOptions,
  conduct: (options: ConductorOptions) => Promise<RunResult>,
): Promise<RunResult> {
  if (options.config.notify === null) return conduct(options)
  let told = Promise.resolve()
  let train = ''
  const tellNext = (announcement: Announcement): void => {
    told = told.then(() => deliver(options, announcement))
  }
  const emit = (event: ConductEventBody): void => {
    options.emit(event)
    if (event.type === 'run_opened') {
      train = event.train
      tellNext(settingOut(options, event))
    }
    // One that hands its lane back is about to end, and tells then.
    if (event.type === 'approval_asked' && event.asked.isHeld) tellNext(askedWhileHeld(options, event, train))
  }
  const result = await conduct({ ...options, emit })
  tellNext(ending(options, result))
  await told
  return result
}

async function deliver(options: ConductorOptions, announcement: Announcement): Promise<void> {
  const { config, redact } = options
  if (config.notify === null) return
  const text = JSON.stringify(redact === undefined ? announcement : redacted(announcement, redact))
  const failure = await tell(options, config.notify, text)
  if (failure === null) return
  const message = `nobody was told that run ${announcement.run} is ${announcement.state}: ${failure}`
  options.emit({ type: 'warning', code: 'NOTIFY_FAILED', message })
}

function settingOut(
  options: ConductorOptions,
  event: Extract<ConductEventBody, { type: 'run_opened' }>,
): Announcement {
  const type = event.kind === 'run' ? 'run_started' : 'run_resumed'
  return {
    ...envelope(options, { run: event.run, type }),
    type,
    train: event.train,
    run: event.run,
    state: 'running',
    exit: null,
    error: null,
    next: null,
  }
}

function askedWhileHeld(
  options: ConductorOptions,
  { run, asked }: Extract<ConductEventBody, { type: 'approval_asked' }>,
  train: string,
): Announcement {
  return {
    ...envelope(options, { run, type: 'run_waiting' }),
    type: 'run_waiting',
    train,
    run,
    state: 'waiting_approval',
    exit: null,
    error: { code: 'APPROVAL_MISSING', message: askedSentence(asked) },
    next: approvalCommand(options, asked),
  }
}

/** Null: it is given at the forge. */
function approvalCommand(
  { launcher, launcherForOthers }: ConductorOptions,
  asked: ApprovalAsked,
): string | null {
  const words = approveWords(asked)
  return words === null ? null : `${launcherForOthers ?? launcher} ${words}`
}

function ending(options: ConductorOptions, { record, exit }: RunResult): Announcement {
  const { train, run, state, stop, asked } = record
  const isMissing = asked !== null && stop?.code === 'APPROVAL_MISSING'
  const type = typeOfState[state]
  return {
    ...envelope(options, { run, type }),
    type,
    train,
    run,
    state,
    exit,
    error: stop === null ? null : { code: stop.code, message: stop.message },
    // Whoever is told is not who conducts: the approval alone, which says how to resume.
    next: (isMissing ? approvalCommand(options, asked) : null) ?? record.next,
  }
}

function envelope(
  { config, clock, identity }: ConductorOptions,
  { run, type }: Pick<Announcement, 'run' | 'type'>,
) {
  const at = toTimestamp(clock.wallMs())
  return { format: 1, id: `${run} ${type} ${at}`, at, estate: config.estate, by: identity.holder } as const
}

const typeOfState = {
  done: 'run_done',
  aborted: 'run_aborted',
  compensated: 'run_compensated',
  stopped: 'run_stopped',
  // Its process is about to end: whatever it still reads as, somebody has to take it up.
  running: 'run_stopped',
  waiting_lane: 'run_waiting',
  waiting_approval: 'run_waiting',
  waiting_merge: 'run_waiting',
} as const satisfies Record<RunRecord['state'], Announcement['type']>
