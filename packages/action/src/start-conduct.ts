import { spawn } from 'node:child_process'

/** The one JSON document of a command, as far as it is read here; see packages/cli. */
export type Document = Readonly<Record<string, unknown>>

export interface Ended {
  readonly exit: number
  readonly document: Document
}

export interface Conduct {
  /** Path of its conduct.js. */
  readonly program: string
  /** The holder it acts as; null: it is not asked who. */
  readonly holder: string | null
  readonly session: string | null
  /** Empty: the one that is found from the working directory upwards. */
  readonly config: string
  readonly workingDirectory: string
  /** A token of the forge that the job runs at; empty: the environment has it, or none is needed. */
  readonly token?: string
}

const stopping = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs conduct with `--json`. What it says beside its document goes to the log. A job that is cancelled is cancelled by a signal
 * to this process alone, so it is passed on.
 */
export async function startConduct(conduct: Conduct, words: readonly string[]): Promise<Ended> {
  const { program, holder, config, workingDirectory } = conduct
  const flags = [
    '--json',
    ...(holder === null ? [] : ['--as', holder]),
    ...(config === '' ? [] : ['-c', config]),
  ]
  const child = spawn(process.execPath, [program, ...flags, ...words], {
    cwd: workingDirectory,
    env: environmentOf(conduct),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  const handlers = stopping.map((signal) => ({ signal, pass: () => child.kill(signal) }))
  for (const { signal, pass } of handlers) process.on(signal, pass)
  try {
    const exit = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
    return { exit, document: documentIn(stdout, exit) }
  } finally {
    for (const { signal, pass } of handlers) process.off(signal, pass)
  }
}

/** Inputs of the action are none of conduct's business, nor of what it runs. */
function environmentOf({ session, token = '' }: Conduct): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:INPUT_|STATE_)/.test(name))
  const server = process.env['GITHUB_SERVER_URL'] ?? 'https://github.com'
  const isGithub = /^https:\/\/(?:github\.com|[^/]+\.ghe\.com)\/?$/.test(server)
  return {
    ...Object.fromEntries(kept),
    ...(session === null ? {} : { CONDUCT_SESSION: session }),
    ...(token === '' ? {} : { [isGithub ? 'GH_TOKEN' : 'GH_ENTERPRISE_TOKEN']: token }),
  }
}

function documentIn(stdout: string, exit: number): Document {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Document
  } catch {
    // Killed, or no conduct at all: what it said stands in the log.
    const message = `conduct ended with ${exit} and said nothing that can be read; the log above has more`
    return { ok: false, exit, error: { code: 'NO_ANSWER', message, hint: '' } }
  }
}
