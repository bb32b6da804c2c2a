import type { ConductEvent } from '@conduct/core'

/** A reader of events that people look at. It shows; nothing depends on it. */
export interface EventView {
  show(event: ConductEvent): void
  /** Events from the quiet time, shown at the end of a command that was quick: only what lasts. */
  showLate(events: readonly ConductEvent[]): void
  /** Takes down what is live on the terminal. */
  end(): Promise<void>
}

/** A command that answers within this time shows no progress at all. */
export const QUIET_MS = 400

/** Holds events back for the quiet time, then lets them through as they come. */
export function quietAtFirst(options: {
  readonly view: EventView
  readonly quietMs: number
}): EventView & { readonly begin: () => void } {
  const { view, quietMs } = options
  const held: ConductEvent[] = []
  let isOpen = false
  let timer: NodeJS.Timeout | undefined
  return {
    begin() {
      timer = setTimeout(() => {
        isOpen = true
        for (const event of held.splice(0)) view.show(event)
      }, quietMs)
      timer.unref()
    },
    show(event) {
      if (isOpen) view.show(event)
      else held.push(event)
    },
    showLate: (events) => view.showLate(events),
    async end() {
      clearTimeout(timer)
      if (!isOpen) view.showLate(held.splice(0))
      isOpen = true
      await view.end()
    },
  }
}
