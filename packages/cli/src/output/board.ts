import { writeSync } from 'node:fs'
import type { Sink } from './stream.ts'
import type { Style } from './style.ts'

/**
 * One picture after another in the same place. On a terminal they take the whole screen and give it back; anywhere
 * else each one that differs from the one before is printed below it.
 */
export interface Board extends Disposable {
  /** Nothing happens to a picture that is shown already. */
  show(picture: (style: Style) => string): void
}

export const noBoard: Board = { show: () => undefined, [Symbol.dispose]: () => undefined }

// A second screen, no cursor, long lines cut off at the edge; and all of it taken back.
const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l'
const leave = '\u001B[?7h\u001B[?25h\u001B[?1049l'
const home = '\u001B[H'
const clearLine = '\u001B[K'
const clearBelow = '\u001B[J'

const stdout = 1
const rowsDefault = 24

export function openBoard(options: {
  readonly sink: Sink
  readonly style: Style
  /** False: one below the other, whatever the sink is. */
  readonly isLive: boolean
}): Board {
  return options.isLive && options.sink.isTerminal ? liveBoard(options) : plainBoard(options)
}

function plainBoard({ sink, style }: Parameters<typeof openBoard>[0]): Board {
  let last = ''
  return {
    show: (picture) => {
      const text = picture(style)
      if (text !== last) sink.write(last === '' ? text : `\n${text}`)
      last = text
    },
    [Symbol.dispose]: () => undefined,
  }
}

function liveBoard({ sink, style }: Parameters<typeof openBoard>[0]): Board {
  // Also when the process ends without coming by here: the terminal is somebody's.
  const restore = (): void => {
    writeSync(stdout, leave)
  }
  process.once('exit', restore)
  sink.command(enter)
  return {
    show: (picture) => {
      const rows = process.stdout.rows ?? rowsDefault
      const lines = picture(style).trimEnd().split('\n')
      const hidden = lines.length - (rows - 1)
      const shown =
        hidden <= 0 ? lines : [...lines.slice(0, rows - 2), style.dim(`… and ${hidden + 1} more lines`)]
      sink.command(home)
      for (const line of shown) {
        sink.write(line)
        sink.command(`${clearLine}\r\n`)
      }
      sink.command(clearBelow)
    },
    [Symbol.dispose]: () => {
      process.off('exit', restore)
      sink.command(leave)
    },
  }
}
