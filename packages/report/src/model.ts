/**
 * A report as data: what there is to say, before anybody decides whether it becomes text, Markdown or HTML. The
 * three renderers know these few shapes and nothing of runs or plans, so that none of them can say less.
 */
export type Tone = 'good' | 'bad' | 'waiting' | 'unknown' | 'quiet' | 'plain'

export interface Report {
  readonly title: string
  /** What came of it, one or two sentences. */
  readonly headline: string
  readonly tone: Tone
  /** One word for the state, as a badge. */
  readonly state: string
  readonly facts: readonly Fact[]
  readonly alert: Alert | null
  readonly journey: readonly JourneyPhase[]
  readonly timeline: Timeline | null
  readonly sections: readonly Section[]
  /** The command to type next, or null when there is nothing left to do. */
  readonly next: string | null
}

export interface Fact {
  readonly label: string
  readonly value: Cell
}

/** Why it is not done, where it is not. */
export interface Alert {
  readonly title: string
  readonly lines: readonly string[]
}

export interface JourneyPhase {
  readonly number: number
  readonly phase: string
  readonly mark: Mark
  readonly summary: string
  readonly durationMs: number | null
}

export type Mark = 'done' | 'failed' | 'unknown' | 'running' | 'partial' | 'waiting' | 'skipped' | 'pending'

export interface Section {
  readonly title: string
  /** One sentence under the title: how to read it, or what it covers. */
  readonly note: string | null
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** What to say when there are no rows; an empty table proves nothing. */
  readonly empty: string
  /** Rows that nobody has to read unless they want to: collapsed in HTML, left out of the text. */
  readonly isDetail?: boolean
}

export interface Cell {
  readonly text: string
  /** Full form of a shortened text. */
  readonly full?: string
  readonly isCode?: boolean
  readonly tone?: Tone
  readonly href?: string
}

/** Bars of what happened when; positions are shares of the whole width, 0 to 1. */
export interface Timeline {
  readonly rows: readonly TimelineRow[]
  /** Stretches in which nothing happened, drawn short and labelled with how long they were. */
  readonly breaks: readonly { readonly from: number; readonly to: number; readonly durationMs: number }[]
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
}

export interface TimelineRow {
  readonly phase: string
  readonly label: string
  readonly bars: readonly TimelineBar[]
}

export interface TimelineBar {
  readonly from: number
  readonly to: number
  readonly mark: Mark
  readonly title: string
}
