import type { Confidence } from '../../model/operation.ts'
import type { JsNode } from './node.ts'
import { quoteName } from './quote.ts'

/** A column while its chain of calls is read. */
export interface ColumnDraft {
  readonly node: JsNode
  readonly name: string
  /** In the words of Postgres, with what belongs to it: `serial primary key`. */
  type: string
  readonly isJson: boolean
  nullable: boolean | null
  /** In SQL. */
  default: string | null
  foreign: ForeignDraft | null
  /** What `alter` was told of; null when it was not called. */
  altered: { readonly isType: boolean; readonly isNullable: boolean } | null
  comment: string | null
  /** `first()`, or `after()` another. */
  isPlaced: boolean
  confidence: Confidence
  readonly isConditional: boolean
}

/** A foreign key while its chain of calls is read. */
export interface ForeignDraft {
  readonly node: JsNode
  readonly columns: readonly string[]
  name: string | null
  references: string | null
  referenced: readonly string[]
  /** What follows in SQL. */
  actions: readonly string[]
  readonly isConditional: boolean
}

export interface Statement {
  readonly node: JsNode
  readonly text: string
  readonly confidence: Confidence
  /** On MySQL, all of these of one table are one statement. */
  readonly isTogether?: boolean
  /** What it drops, where its SQL does not say. */
  readonly dropped?: 'primary_key' | 'foreign_key' | 'unique'
}

/** What the function given to `createTable` or `alterTable` says of the table; written out when it has been run. */
export class TableDraft {
  /** As it is called in SQL, and by whoever says what it touches. */
  readonly table: string
  /** Without the schema that `withSchema` named. */
  readonly bare: string
  readonly isNew: boolean
  /** How many unknown conditions stand around the whole of it. */
  readonly conditions: number
  readonly before: Statement[] = []
  readonly columns: ColumnDraft[] = []
  /** In the order in which they were said; read when all is said. */
  readonly later: (() => Statement | null)[] = []
  /** What stands in CREATE TABLE beside the columns, and after it. */
  readonly keys: string[] = []
  suffix = ''

  constructor(given: {
    readonly prefix: string
    readonly bare: string
    readonly isNew: boolean
    readonly conditions: number
  }) {
    this.table = `${given.prefix}${given.bare}`
    this.bare = given.bare
    this.isNew = given.isNew
    this.conditions = given.conditions
  }

  get sql(): string {
    return quoteName(this.table)
  }

  /** The name that Knex gives: `orders_state_index`. */
  nameFor(columns: readonly string[], suffix: string): string {
    return [this.bare.replaceAll(/[.-]/g, '_'), ...columns, suffix].join('_').toLowerCase()
  }
}
