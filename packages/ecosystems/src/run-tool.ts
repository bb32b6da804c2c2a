import path from 'node:path'
import type { CommandResult } from '@conduct/subprocess'
import type { EcosystemContext } from './ports.ts'

/** A network behind a proxy or a private certificate authority is reached the same way as outside. */
export const networkEnv = (
  'HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy ' +
  'NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR'
).split(' ')

/** Nothing may wait for an answer, look for its own updates, or decorate its output. */
const quietEnv = {
  NO_COLOR: '1',
  npm_config_update_notifier: 'false',
  npm_config_fund: 'false',
  COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
}

const outputBytesMax = 4 * 1024 * 1024

export interface RunToolOptions {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly timeoutMs: number
  readonly context: EcosystemContext
  /** Only for the two calls that carry credentials. */
  readonly home?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
}

/** Runs a package manager: without a shell, in a home of its own unless one is given. */
export async function runTool(options: RunToolOptions): Promise<CommandResult> {
  const { context } = options
  return await context.runCommand(
    { argv: options.argv },
    {
      cwd: options.cwd,
      timeoutMs: options.timeoutMs,
      env: { ...quietEnv, ...cacheEnv(context.cacheDir), ...options.env },
      passEnv: [...networkEnv, ...(context.passEnv ?? [])],
      secrets: [...(context.secrets ?? []), ...(options.secrets ?? [])],
      outputBytesMax,
      ...(options.home === undefined ? {} : { home: options.home }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    },
  )
}

/** Stores are addressed by content, so reusing them changes no answer; npm's cache asks the registry again. */
function cacheEnv(cacheDir: string | undefined): Record<string, string> {
  if (cacheDir === undefined) return {}
  return {
    COREPACK_HOME: path.join(cacheDir, 'corepack'),
    XDG_DATA_HOME: path.join(cacheDir, 'data'),
  }
}

export function succeeded(result: CommandResult): boolean {
  return result.outcome === 'exited' && result.exitCode === 0
}

/** Whatever a command printed before it was ended says nothing about its outcome. */
export function stoppedBecause(result: CommandResult): string {
  return `it was ended after ${Math.round(result.durationMs)} ms (${result.outcome})`
}

const linesShown = 40

/** How a command ended, for `details`: the last lines of both streams. */
export function describeResult(argv: readonly string[], result: CommandResult): Record<string, unknown> {
  return {
    command: argv.join(' '),
    outcome: result.outcome,
    exitCode: result.exitCode,
    stdout: lastLines(result.stdout),
    stderr: lastLines(result.stderr),
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-linesShown).join('\n')
}
