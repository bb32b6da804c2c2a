import { type ChildProcess, fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/**
 * A process of a test. It outlives neither the test nor the worker that runs it, and has none of that worker's pipes:
 * a runner that waits for them to close would otherwise wait for whoever was stopped and never woken.
 */
export interface Actor extends Disposable {
  readonly process: ChildProcess
  /** How it ended, with the last that it wrote to standard error. */
  readonly ended: Promise<Ended>
  /** The next word of this kind; rejects at once when it ends without. */
  word<Word extends Serializable>(isWanted: (word: Word) => boolean): Promise<Word>
}

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly said: string
}

const saidMax = 4000

/** @param script a module of this folder, which finds the order as JSON in its first argument. */
export function startActor(
  script: URL,
  order: unknown,
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Actor {
  const child = fork(script, [JSON.stringify(order)], {
    ...options,
    execArgv: ['--import', new URL('ends-with-parent.ts', import.meta.url).href],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ended = endOf(child)
  return {
    process: child,
    ended,
    word: async <Word extends Serializable>(isWanted: (word: Word) => boolean) => {
      const heard = Promise.withResolvers<Word>()
      const hear = (word: Serializable): void => {
        if (isWanted(word as Word)) heard.resolve(word as Word)
      }
      child.on('message', hear)
      void ended.then(({ code, signal, said }) =>
        heard.reject(new Error(`${script.pathname.split('/').at(-1)} ended with ${code ?? signal}: ${said}`)),
      )
      return heard.promise.finally(() => child.off('message', hear))
    },
    [Symbol.dispose]: () => {
      child.kill('SIGKILL')
    },
  }
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const said = keepLast(child.stderr)
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  // Its last words may still be on their way.
  if (child.connected) await once(child, 'disconnect')
  return { code, signal, said: said() }
}

function keepLast(stream: Readable | null): () => string {
  let kept = ''
  stream?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-saidMax)
  })
  return () => kept
}
