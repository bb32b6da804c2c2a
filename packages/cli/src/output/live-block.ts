/** A spinner with a title and the last few lines below it, on stderr; it leaves nothing behind. */
export interface LiveBlock {
  say(line: string): void
  close(): Promise<void>
}

const LINES_MAX = 4

/** Draws with listr2, which loads only when there is a terminal to draw on. */
export async function openLiveBlock(title: string): Promise<LiveBlock> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2')
  const { promise: closed, resolve: finish } = Promise.withResolvers<void>()
  const { promise: started, resolve: begin } = Promise.withResolvers<{ output: string }>()
  const list = new Listr(
    [
      {
        title,
        task: (_context, task) => {
          begin(task)
          return closed
        },
        rendererOptions: { outputBar: LINES_MAX },
      },
    ],
    {
      registerSignalListeners: false,
      renderer: 'default',
      fallbackRendererCondition: false,
      rendererOptions: {
        clearOutput: true,
        // Drawn on stderr: stdout belongs to the result.
        logger: new ListrLogger({
          useIcons: true,
          toStderr: [],
          processOutput: new ProcessOutput(process.stderr, process.stdout),
        }),
      },
    },
  )
  const ran = list.run()
  const task = await started
  return {
    say: (line) => {
      task.output = line
    },
    close: async () => {
      finish()
      await ran
    },
  }
}
