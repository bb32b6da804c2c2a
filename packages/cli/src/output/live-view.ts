import { stripVTControlCharacters } from 'node:util'
import type { ConductEvent } from '@conduct/core'
import { eventLine } from './event-lines.ts'
import { type LiveBlock, openLiveBlock } from './live-block.ts'
import type { Sink } from './stream.ts'
import type { Style } from './style.ts'
import type { EventView } from './view.ts'

/**
 * On a terminal: what lasts is printed line by line, and below it stands a live block with the phase that runs
 * and what it is doing. It only shows; a run does not know whether anybody looks.
 */
export function createLiveView(options: {
  readonly sink: Sink
  readonly style: Style
  readonly isVerbose: boolean
}): EventView {
  const { sink } = options
  /** Opening and closing take a moment, events do not wait: one thing after the other. */
  let tail: Promise<void> = Promise.resolve()
  let block: LiveBlock | null = null
  let title: string | null = null

  const enqueue = (act: () => Promise<void>) => {
    tail = tail.then(act)
  }
  const open = async () => {
    if (block === null && title !== null) block = await openLiveBlock(title)
  }
  const close = async () => {
    const closing = block
    block = null
    await closing?.close()
  }
  const print = async (text: string) => {
    await close()
    sink.write(`${text}\n`)
    await open()
  }

  return {
    show(event) {
      title = nextTitle(title, event)
      const line = eventLine(event, options)
      if (event.type === 'phase_started') enqueue(close)
      if (event.type === 'phase_ended') enqueue(close)
      if (line?.isLasting === true) enqueue(() => print(line.text))
      else if (line === null) enqueue(open)
      else {
        enqueue(async () => {
          await open()
          const said = stripVTControlCharacters(line.text).trim()
          if (said !== title) block?.say(said)
        })
      }
    },
    showLate(events) {
      for (const event of events) {
        const line = eventLine(event, options)
        if (line?.isLasting === true) enqueue(() => print(line.text))
      }
    },
    async end() {
      title = null
      enqueue(close)
      await tail
    },
  }
}

/** What the live block is about: the phase that runs, else the latest word on what goes on. */
function nextTitle(title: string | null, event: ConductEvent): string | null {
  if (event.type === 'phase_started') return event.phase
  if (event.type === 'phase_ended') return null
  return event.type === 'progress' ? (title ?? event.message) : title
}
