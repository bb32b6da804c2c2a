/** Writes to one of the process's streams; a reader that went away (`| head`) is no failure of the command. */
export interface Sink {
  readonly isTerminal: boolean
  readonly columns: number
  write(text: string): void
  /** To the terminal itself: a control sequence of ours, which `write` would take out. */
  command(sequence: string): void
  /** Resolves when everything written has left the process, or cannot any more. */
  flush(): Promise<void>
}

const COLUMNS_DEFAULT = 80

export function createSink(stream: NodeJS.WriteStream, prepare: (text: string) => string): Sink {
  let isClosed = false
  let pending: Promise<void> = Promise.resolve()
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // EPIPE: nobody reads any more. EIO: the terminal is gone. The work goes on either way.
    isClosed = true
    if (error.code !== 'EPIPE' && error.code !== 'EIO') process.exitCode ??= 1
  })
  const send = (text: string): void => {
    if (isClosed || text === '') return
    const written = new Promise<void>((resolve) => {
      stream.write(text, () => resolve())
    })
    pending = pending.then(() => written)
  }
  return {
    isTerminal: stream.isTTY,
    columns: stream.columns ?? COLUMNS_DEFAULT,
    write: (text) => send(prepare(text)),
    command: send,
    async flush() {
      await pending
    },
  }
}
