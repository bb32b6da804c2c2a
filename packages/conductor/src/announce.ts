import { dirname } from 'node:path'
import {
  approveWords,
  askedSentence,
  type ConductEventBody,
  type RunRecord,
  toTimestamp,
} from '@conduct/core'
import { runCommand } from '@conduct/subprocess'
import type { ConductorOptions, RunResult } from './api.ts'
import { describeOutcome, outputTail, succeeded } from './command-outcome.ts'
import { redacted } from './redacted.ts'

/** Telling somebody takes at most this long; the run itself never waits for it but at its end. */
const tellTimeoutMs = 15_000

/** What `notify` of lanes.yaml gets, as one JSON document: on stdin of its command, or posted to its address. */
export interface Announcement {
  readonly format: 1
  readonly type: 'run_started' | 'run_resumed' | 'run_waiting' | 'run_stopped' | 'run_aborted' | 'run_done'
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
    told = told.then(() => tell(options, announcement))
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

async function tell(options: ConductorOptions, announcement: Announcement): Promise<void> {
  const { config, configPath, redact } = options
  const { notify } = config
  if (notify === null) return
  const text = JSON.stringify(redact === undefined ? announcement : redacted(announcement, redact))
  try {
    if ('url' in notify) {
      const signal = AbortSignal.timeout(tellTimeoutMs)
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(notify.url, { method: 'POST', body: text, headers, signal })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`it answered ${answer.status}`)
      return
    }
    const result = await runCommand(notify.command, {
      cwd: dirname(configPath),
      timeoutMs: tellTimeoutMs,
      stdin: `${text}\n`,
    })
    if (!succeeded(result)) throw new Error(`${describeOutcome(result)} ${outputTail(result)}`.trim())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `nobody was told that run ${announcement.run} is ${announcement.state}: ${reason}`
    options.emit({ type: 'warning', code: 'NOTIFY_FAILED', message })
  }
}

function settingOut(
  options: ConductorOptions,
  event: Extract<ConductEventBody, { type: 'run_opened' }>,
): Announcement {
  return {
    ...envelope(options),
    type: event.kind === 'run' ? 'run_started' : 'run_resumed',
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
  const words = approveWords(asked)
  return {
    ...envelope(options),
    type: 'run_waiting',
    train,
    run,
    state: 'waiting_approval',
    exit: null,
    error: { code: 'APPROVAL_MISSING', message: askedSentence(asked) },
    next: words === null ? null : `${options.launcher} ${words}`,
  }
}

function ending(options: ConductorOptions, { record, exit }: RunResult): Announcement {
  const { train, run, state, stop, next } = record
  return {
    ...envelope(options),
    type: typeOfState[state],
    train,
    run,
    state,
    exit,
    error: stop === null ? null : { code: stop.code, message: stop.message },
    next,
  }
}

function envelope({ config, clock, identity }: ConductorOptions) {
  return {
    format: 1,
    at: toTimestamp(clock.wallMs()),
    estate: config.estate,
    by: identity.holder,
  } as const
}

const typeOfState = {
  done: 'run_done',
  aborted: 'run_aborted',
  stopped: 'run_stopped',
  // Its process is about to end: whatever it still reads as, somebody has to take it up.
  running: 'run_stopped',
  waiting_lane: 'run_waiting',
  waiting_approval: 'run_waiting',
  waiting_merge: 'run_waiting',
} as const satisfies Record<RunRecord['state'], Announcement['type']>
