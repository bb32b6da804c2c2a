import type { ConductEvent } from '@conduct/core'
import { eventLine } from './event-lines.ts'
import type { Sink } from './stream.ts'
import type { Style } from './style.ts'
import type { EventView } from './view.ts'

/** One line per thing that happened, for logs, pipes and CI. */
export function createPlainView(options: {
  readonly sink: Sink
  readonly style: Style
  readonly isVerbose: boolean
}): EventView {
  return {
    show(event: ConductEvent) {
      const line = eventLine(event, options)
      if (line !== null) options.sink.write(`${line.text}\n`)
    },
    showLate(events) {
      for (const event of events) {
        const line = eventLine(event, options)
        if (line?.isLasting === true) options.sink.write(`${line.text}\n`)
      }
    },
    end: () => Promise.resolve(),
  }
}
