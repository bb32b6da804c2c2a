import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ConductEvent, ConductError, isConductError } from '@conduct/core'
import { type Parsed, parseArguments } from './arguments/parse.ts'
import { reportBug } from './bug-report.ts'
import type { CommandContext } from './command.ts'
import { completeVariable } from './completion/scripts.ts'
import { helpText, withLauncher } from './help.ts'
import { listenForInterrupt } from './interrupt.ts'
import { launcherWords } from './launcher.ts'
import { noBoard, openBoard } from './output/board.ts'
import { type EventsFile, openEventsFile } from './output/events-file.ts'
import { createLiveView } from './output/live-view.ts'
import { createPlainView } from './output/plain-view.ts'
import { createRedaction } from './output/redact.ts'
import { type Printer, printError, printOutcome } from './output/result.ts'
import { createSink, type Sink } from './output/stream.ts'
import { outgoing } from './output/outgoing.ts'
import { createStyle, wantsColor } from './output/style.ts'
import { type EventView, QUIET_MS, quietAtFirst } from './output/view.ts'
import { version } from './version.ts'

/**
 * From arguments to exit code: everything is accounted for, then one command runs, then its outcome is printed.
 * Commands return data; only this file knows about streams.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { env } = process
  const redact = createRedaction(env)
  const printer = createPrinter({ argv, redact })
  endOnBugs({ argv, printer, redact })
  try {
    if (env[completeVariable] !== undefined) return await complete(argv, printer)
    const parsed = await parseArguments(argv)
    return await act({ parsed, argv, printer, redact })
  } catch (thrown) {
    const error = isConductError(thrown) ? thrown : reportBug({ thrown, argv, env, redact, now: new Date() })
    printError(printer, { command: null, error })
    return error.exit
  } finally {
    await printer.stdout.flush()
    await printer.workflow?.flush()
    await printer.stderr.flush()
  }
}

/** For shells, while somebody types: nothing has an effect. */
async function complete(words: readonly string[], { stdout }: Printer): Promise<number> {
  const { proposedLines } = await import('./completion/answer.ts')
  stdout.write(await proposedLines(words, process.cwd()))
  return 0
}

/** What escapes every `await` is a bug too: it gets its report, its JSON and exit 70. */
function endOnBugs({ argv, printer, redact }: Invocation): void {
  const end = (thrown: unknown) => {
    const error = reportBug({ thrown, argv, env: process.env, redact, now: new Date() })
    printError(printer, { command: null, error })
    process.exit(error.exit)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

interface Invocation {
  readonly argv: readonly string[]
  readonly printer: Printer
  readonly redact: (text: string) => string
}

async function act(options: Invocation & { readonly parsed: Parsed }): Promise<number> {
  const { parsed, printer } = options
  switch (parsed.kind) {
    case 'command':
      return runCommand({ ...options, parsed })
    case 'help': {
      const text = withLauncher(await helpText(parsed.command, printer.outStyle), printer.launcher)
      printOutcome(printer, parsed.command ?? 'help', { exit: 0, data: { help: text }, text: () => text })
      return 0
    }
    case 'version':
      printOutcome(printer, 'version', { exit: 0, data: { version }, text: () => `conduct ${version}\n` })
      return 0
    case 'usage':
      printError(printer, { command: parsed.command, error: parsed.error })
      return parsed.error.exit
    default:
      return parsed satisfies never
  }
}

async function runCommand(
  options: Invocation & { readonly parsed: Extract<Parsed, { kind: 'command' }> },
): Promise<number> {
  const { parsed, argv, printer, redact } = options
  const { env } = process
  const command = parsed.entry.name
  const view = quietAtFirst({ view: createView(printer, parsed.global.verbose), quietMs: QUIET_MS })
  let events: EventsFile | null = null
  let wordsAtOnce = (name: string) => new ConductError('INTERRUPTED', `Ended at once by a second ${name}.`)
  using interrupt = listenForInterrupt((name) => {
    const error = wordsAtOnce(name)
    printError(printer, { command, error })
    void Promise.all([printer.stdout.flush(), printer.stderr.flush()]).finally(() => process.exit(error.exit))
  })
  try {
    const cwd = workingFolder(parsed.global.cwd)
    if (parsed.global.events !== undefined)
      events = openEventsFile(resolve(cwd, parsed.global.events), redact)
    const isShown = !parsed.global.quiet
    if (isShown) view.begin()
    const context: CommandContext = {
      command,
      global: parsed.global,
      cwd,
      env,
      signal: interrupt.signal,
      emit: (body) => {
        const event: ConductEvent = { at: new Date().toISOString(), ...body }
        events?.write(event)
        if (isShown) view.show(event)
      },
      handOverTerminal: () => {
        interrupt.ignoreRepeats()
        return view.end()
      },
      openBoard: () =>
        printer.isJson
          ? noBoard
          : openBoard({ sink: printer.stdout, style: printer.outStyle, isLive: !isCi(env) }),
      endAtOnceWith: (words) => {
        wordsAtOnce = words
      },
      redact,
    }
    const outcome = await parsed.invoke(context)
    await view.end()
    printOutcome(printer, command, outcome)
    return outcome.exit
  } catch (thrown) {
    await view.end()
    const error =
      expectedError(thrown, interrupt.signal) ?? reportBug({ thrown, argv, env, redact, now: new Date() })
    printError(printer, { command, error, ...dataOf(error) })
    return error.exit
  } finally {
    events?.[Symbol.dispose]()
  }
}

function createPrinter(options: Pick<Invocation, 'argv' | 'redact'>): Printer {
  const { argv, redact } = options
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  const noColorFlag = own.includes('--no-color')
  const isWorkflowLog = process.env['GITHUB_ACTIONS'] === 'true'
  const prepare = (text: string) => outgoing(redact(text), { isWorkflowLog })
  const stdout = createSink(process.stdout, prepare)
  const stderr = createSink(process.stderr, prepare)
  const style = ({ isTerminal, columns }: Sink) =>
    createStyle(wantsColor({ noColorFlag, env: process.env, isTerminal }), isTerminal ? columns : null)
  return {
    stdout,
    stderr,
    workflow: isWorkflowLog ? createSink(process.stderr, redact) : null,
    outStyle: style(stdout),
    errStyle: style(stderr),
    // Before the arguments are understood: a usage error must be JSON too.
    isJson: own.includes('--json') || own.includes('--json=true'),
    launcher: launcherWords({
      env: process.env,
      program: process.argv[1] ?? 'conduct',
      execPath: process.execPath,
    }),
  }
}

function createView(printer: Printer, isVerbose: boolean): EventView {
  const options = { sink: printer.stderr, style: printer.errStyle, isVerbose }
  const isLive = printer.stderr.isTerminal && !printer.isJson && !isCi(process.env)
  return isLive ? createLiveView(options) : createPlainView(options)
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  const ci = env['CI']
  return ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0'
}

function workingFolder(folder: string | undefined): string {
  const path = resolve(folder ?? '.')
  if (folder !== undefined && !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConductError('USAGE', `-C ${folder}: there is no such folder`, {
      hint: 'Name a folder that exists.',
    })
  }
  return path
}

/** What the command threw, where it is something we know; an abort that was asked for counts as known. */
function expectedError(thrown: unknown, signal: AbortSignal): ConductError | null {
  if (isConductError(thrown)) return thrown
  if (!signal.aborted) return null
  const isAbort = thrown instanceof Error && (thrown.name === 'AbortError' || thrown === signal.reason)
  return isAbort && isConductError(signal.reason) ? signal.reason : null
}

/** Facts that an error carries for readers of JSON, where the contract gives them a place of their own. */
function dataOf(error: ConductError): { readonly data?: object } {
  const document = error.details['document']
  return typeof document === 'object' && document !== null ? { data: document } : {}
}
