/**
 * A report as data: what there is to say, before anybody decides whether it becomes text, Markdown or HTML. The
 * three renderers know these few shapes and nothing of runs or plans, so that none of them can say less.
 */
import type { PhaseName } from '@conduct/core'

export type Tone = 'good' | 'bad' | 'waiting' | 'unknown' | 'quiet' | 'plain'

export interface Report {
  readonly title: string
  /** What came of it, one or two sentences. */
  readonly headline: string
  readonly tone: Tone
  /** One word for the state, as a badge. */
  readonly state: string
  /** The few numbers that people ask for first. */
  readonly figures: readonly Figure[]
  readonly facts: readonly Fact[]
  readonly alert: Alert | null
  readonly journey: readonly JourneyPhase[]
  readonly timeline: Timeline | null
  /** Every check over every repo at one glance: for a page; text and Markdown say the same in sections. */
  readonly matrix: Matrix | null
  readonly sections: readonly Section[]
  /** The command to type next, or null when there is nothing left to do. */
  readonly next: string | null
}

export interface Fact {
  readonly label: string
  readonly value: Cell
}

export interface Figure {
  readonly label: string
  readonly value: string
  readonly note: string
  readonly tone: Tone
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
  /** For those who want to know exactly: collapsed in HTML and Markdown. */
  readonly isFolded?: boolean
  /** A page shows it another way. */
  readonly isOnlyText?: boolean
  /** Folded, and left out of the text. */
  readonly isDetail?: boolean
}

export interface Cell {
  readonly text: string
  /** Shown on a page instead, where the whole is one look away. */
  readonly short?: string
  /** Full form of a shortened text. */
  readonly full?: string
  readonly isCode?: boolean
  readonly tone?: Tone
  readonly href?: string
}

export interface Matrix {
  readonly title: string
  readonly note: string
  readonly columns: readonly string[]
  readonly rows: readonly { readonly label: string; readonly cells: readonly MatrixCell[] }[]
  /** What is not green, with its reason. */
  readonly trouble: Section
}

/** Null: this repo is not asked. */
export type MatrixCell = {
  readonly verdict: 'green' | 'red' | 'overridden' | 'unknown' | 'not_applicable'
  readonly title: string
} | null

/** Bars of what happened when; positions are shares of the whole width, 0 to 1. */
export interface Timeline {
  readonly rows: readonly TimelineRow[]
  /** Stretches in which no work was done, drawn short and labelled with how long they were. */
  readonly breaks: readonly { readonly from: number; readonly to: number; readonly durationMs: number }[]
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
}

export interface TimelineRow {
  /** `waits`: what the run waited for. */
  readonly kind: 'waits' | 'train' | 'repo'
  readonly label: string
  readonly bars: readonly TimelineBar[]
}

export interface TimelineBar {
  readonly from: number
  readonly to: number
  /** One word, shown where there is room for it. */
  readonly label: string
  /** Null for a wait that belongs to no phase. */
  readonly phase: PhaseName | null
  readonly mark: Mark
  readonly title: string
}
