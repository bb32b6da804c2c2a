import { ConductError, isConductError } from '@conduct/core'
import type { Command } from '@conduct/config'
import type { ObservedVersion, Publisher } from '@conduct/ecosystems'
import { type CommandResult, redact } from '@conduct/subprocess'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import type { FrozenRepo, TrainContext } from '../context.ts'
import { secretsWithin } from '../secrets.ts'
import { type TemplateValues, expandCommand, showCommand } from '../template.ts'

const observeTimeoutMs = 2 * 60_000
const integrityLengthMax = 500

export interface CommandPublisherOptions {
  readonly context: Pick<TrainContext, 'runCommand' | 'signal'>
  readonly producer: Pick<FrozenRepo, 'name' | 'repo' | 'mirror' | 'commit'>
  /** Publishes `{version}` from the worktree it runs in. */
  readonly command: Command
  /** Prints the integrity of the published `{version}`; nothing: it is not published. */
  readonly observe: Command
  /** Who knows its manifest and packs it, to be tried and compared; null: nobody here does. */
  readonly base: Publisher | null
}

/** What `{…}` stands for in the commands that publish. */
export function publishValues(
  { name, commit }: Pick<FrozenRepo, 'name' | 'commit'>,
  version: string,
): TemplateValues {
  return { version, repo: name, sha: commit }
}

/**
 * Anything that no adapter knows, by two commands of lanes.yaml. What the second one prints is all that is known of
 * what is published: it is asked before and after, and nothing else is believed.
 */
export function commandPublisher(options: CommandPublisherOptions): Publisher {
  const { producer, command, observe, base } = options
  return {
    ecosystem: base?.ecosystem ?? 'command',
    tool: 'command',
    matches: async () => true,
    version: async () => `declared as ${showCommand(command)}`,
    discover: async () => [],
    pack: async (packing) => {
      if (base === null) throw unable('packs')
      return base.pack(packing)
    },
    download: async () => {
      throw unable('fetches')
    },
    observe: async ({ version, signal }) => {
      await using worktree = await producer.mirror.worktree(producer.commit)
      const asked = expandCommand(observe, publishValues(producer, version))
      const limits = {
        cwd: worktree.path,
        timeoutMs: observeTimeoutMs,
        signal: signal ?? options.context.signal,
      }
      try {
        const { result, secrets } = await run(options, asked, limits)
        return judge(result, { shown: showCommand(asked), secrets })
      } catch (error) {
        if (!isConductError(error, 'COMMAND_NOT_FOUND')) throw error
        return { state: 'unknown', reason: error.message }
      }
    },
    whoAmI: async () => null,
    publish: async ({ package: { version }, worktree, timeoutMs, context }) => {
      const asked = expandCommand(command, publishValues(producer, version))
      const signal = context.signal ?? options.context.signal
      const { result, secrets } = await run(options, asked, { cwd: worktree, timeoutMs, signal })
      if (succeeded(result)) return
      const tail = redact(outputTail(result), secrets)
      throw new ConductError(
        'STEP_COMMAND_FAILED',
        `${producer.name}: ${showCommand(asked)}: ${describeOutcome(result)}${tail === '' ? '' : `\n${tail}`}`,
        { details: { repo: producer.name, outcome: result.outcome, exit_code: result.exitCode } },
      )
    },
  }
}

/** `isPacked` of the artifact says so before. */
function unable(does: string): Error {
  return new Error(`invariant broken: nobody here ${does} what a command publishes`)
}

async function run(
  { context, producer }: CommandPublisherOptions,
  command: Command,
  limits: { readonly cwd: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ readonly result: CommandResult; readonly secrets: readonly string[] }> {
  const passEnv = producer.repo.env
  const secrets = await secretsWithin({ cwd: limits.cwd, passEnv })
  const result = await context.runCommand(command, { ...limits, passEnv })
  return { result, secrets }
}

/** One word is an integrity, nothing is absence; whatever else it says or how else it ends says nothing. */
function judge(
  result: CommandResult,
  { shown, secrets }: { readonly shown: string; readonly secrets: readonly string[] },
): ObservedVersion {
  if (!succeeded(result)) {
    const said = redact(outputTail(result), secrets).split('\n').at(-1) ?? ''
    return {
      state: 'unknown',
      reason: `${shown}: ${describeOutcome(result)}${said === '' ? '' : `: ${said}`}`,
    }
  }
  const integrity = result.stdout.trim()
  if (integrity === '') return { state: 'absent', latest: null, versions: [] }
  if (/\s/.test(integrity) || integrity.length > integrityLengthMax) {
    return { state: 'unknown', reason: `${shown}: it printed more than one integrity` }
  }
  return { state: 'present', integrity: redact(integrity, secrets), tarball: null }
}
