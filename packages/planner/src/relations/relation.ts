import type { SourceLine } from '../model/operation.ts'

export type RelationKind = 'independent' | 'order' | 'duplicate' | 'conflict' | 'conservative'

/** Why two tickets stand as they do: one meeting of two operations, with both places. */
export interface Reason {
  readonly rule:
    | 'same_change'
    | 'conflict'
    | 'order'
    | 'unproved'
    | 'opaque'
    | 'cycle'
    | 'partly_same'
    | 'engine'
  readonly text: string
  readonly first: SourceLine
  readonly second: SourceLine
}

interface Between {
  /** The smaller id first. */
  readonly a: string
  readonly b: string
}

export type TicketRelation =
  | (Between & { readonly relation: 'independent'; readonly because: readonly [] })
  | (Between & { readonly relation: 'order'; readonly before: string; readonly because: readonly Reason[] })
  | (Between & { readonly relation: 'duplicate'; readonly drop: string; readonly because: readonly Reason[] })
  | (Between & { readonly relation: 'conflict' | 'conservative'; readonly because: readonly Reason[] })
