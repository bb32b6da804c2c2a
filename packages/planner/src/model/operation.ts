/**
 * What a schema change does, in one form for every language it can be written in.
 *
 * A reader yields these; classes, footprints, relations and layouts are computed from nothing else. The union is closed: a
 * reader that meets what has no kind here yields `opaque`, which everything downstream treats as touching what it might.
 */

export interface SourceLine {
  readonly file: string
  /** Counts from 1. */
  readonly line: number
}

/**
 * How sure the reader is: `exact` will run as read; `conditional` runs as read or not at all; `dynamic` runs, and part of
 * it is decided at run time; `opaque` could not be read.
 */
export type Confidence = 'exact' | 'conditional' | 'dynamic' | 'opaque'

/** `volatile` is evaluated for each row and rewrites the table; `stable` once; `unknown` may be either. */
export interface DefaultValue {
  readonly volatility: 'constant' | 'stable' | 'volatile' | 'unknown'
  readonly text: string
}

export interface Column {
  readonly name: string
  /** As the engine names it, lower case, with its modifiers: `varchar(50)`, `bigint`, `order_state[]`. */
  readonly type: string
  readonly nullable: boolean
  readonly default?: DefaultValue
  readonly generated?: 'stored' | 'virtual' | 'identity'
  /** What else its definition says, normalised: a collation, the expression it is generated from. */
  readonly more?: string
}

interface OnTable {
  /** With its schema unless that is the default one. */
  readonly table: string
}

export type TableOperation =
  | (OnTable & {
      readonly kind: 'create_table'
      readonly columns: readonly Column[]
      readonly primaryKey: readonly string[]
      readonly ifNotExists: boolean
      /** The parent, for a partition or an inheriting table. */
      readonly parent?: string
      /** What the query reads that fills it: `AS SELECT`. Its columns are then not in `columns`. */
      readonly reads?: readonly string[]
      /** The tables that it copies the shape of, whose columns are not in `columns`. */
      readonly like?: readonly string[]
      /** What else it says, normalised: partitioning, options, the query that fills it. */
      readonly definition?: string
    })
  | (OnTable & { readonly kind: 'drop_table'; readonly isCascading: boolean; readonly ifExists: boolean })
  | (OnTable & { readonly kind: 'rename_table'; readonly to: string })
  /** An option of the table as a whole; two changes of different aspects do not disturb each other. */
  | (OnTable & { readonly kind: 'alter_table'; readonly aspect: TableAspect; readonly value: string })

export type TableAspect =
  | 'options'
  | 'logging'
  | 'owner'
  | 'row_security'
  | 'policy'
  | 'replica_identity'
  | 'cluster'
  | 'comment'
  | 'triggers_enabled'
  | 'access_method'
  | 'attach_partition'
  | 'detach_partition'
  | 'grant'

export type ColumnOperation =
  | (OnTable & { readonly kind: 'add_column'; readonly column: Column; readonly ifNotExists: boolean })
  | (OnTable & { readonly kind: 'drop_column'; readonly column: string; readonly ifExists: boolean })
  | (OnTable & { readonly kind: 'rename_column'; readonly column: string; readonly to: string })
  | (OnTable & {
      readonly kind: 'change_type'
      readonly column: string
      readonly type: string
      readonly using?: string
      /** Empty for that of the table. */
      readonly collation?: string
    })
  | (OnTable & {
      readonly kind: 'set_default'
      readonly column: string
      readonly default: DefaultValue | null
    })
  | (OnTable & { readonly kind: 'set_nullable'; readonly column: string; readonly nullable: boolean })
  | (OnTable & {
      readonly kind: 'alter_column'
      readonly column: string
      readonly aspect: 'statistics' | 'storage' | 'identity' | 'comment'
      readonly value: string
    })

export interface IndexShape {
  /** The server, or the framework, makes one up when it is absent. */
  readonly name?: string
  /** A column's name, or the text of an expression in parentheses; with its order where that is not the default. */
  readonly elements: readonly string[]
  /** The columns that are named, in elements or elsewhere. */
  readonly columns: readonly string[]
  readonly isUnique: boolean
  readonly method: string
  readonly where?: string
  /** What else it says, normalised: storage options, NULLS NOT DISTINCT. */
  readonly options?: string
}

export type IndexOperation =
  | (OnTable &
      IndexShape & {
        readonly kind: 'create_index'
        readonly isConcurrent: boolean
        readonly ifNotExists: boolean
      })
  /** `table` is absent in plain SQL, which names only the index; `name` is absent where the columns stand for it. */
  | {
      readonly kind: 'drop_index'
      readonly table?: string
      readonly name?: string
      readonly columns?: readonly string[]
      readonly isConcurrent: boolean
      readonly ifExists: boolean
    }
  | { readonly kind: 'rename_index'; readonly table?: string; readonly name: string; readonly to: string }
  | {
      readonly kind: 'reindex'
      readonly target: 'index' | 'table'
      readonly name: string
      readonly isConcurrent: boolean
    }

export type ConstraintKind = 'primary_key' | 'unique' | 'check' | 'exclusion' | 'not_null'

export type ConstraintOperation =
  | (OnTable & {
      readonly kind: 'add_constraint'
      readonly constraint: ConstraintKind
      readonly name?: string
      readonly columns: readonly string[]
      readonly expression?: string
      readonly isValidated: boolean
      readonly usingIndex?: string
      /** What else it says, normalised: DEFERRABLE, NO INHERIT, INCLUDE, NULLS NOT DISTINCT. */
      readonly options?: string
    })
  | (OnTable & {
      readonly kind: 'add_foreign_key'
      readonly name?: string
      readonly columns: readonly string[]
      readonly references: string
      readonly referencedColumns: readonly string[]
      /** What happens on update and delete, how it matches, when it is checked. */
      readonly actions: string
      readonly isValidated: boolean
      /** Declared inside ADD COLUMN: the column is new and empty, so nothing is scanned. */
      readonly isInline: boolean
    })
  /** `columns` and `references` stand for the name where a framework finds it by them. */
  | (OnTable & {
      readonly kind: 'drop_constraint'
      readonly constraint: ConstraintKind | 'foreign_key' | 'unknown'
      readonly name?: string
      readonly columns?: readonly string[]
      readonly references?: string
      readonly ifExists: boolean
    })
  | (OnTable & { readonly kind: 'validate_constraint'; readonly name?: string; readonly references?: string })
  | (OnTable & { readonly kind: 'rename_constraint'; readonly name: string; readonly to: string })
  | (OnTable & { readonly kind: 'alter_constraint'; readonly name: string; readonly value: string })

export type TypeOperation =
  | { readonly kind: 'create_enum'; readonly name: string; readonly values: readonly string[] }
  | {
      readonly kind: 'add_enum_value'
      readonly name: string
      readonly value: string
      readonly neighbour?: { readonly value: string; readonly side: 'before' | 'after' }
      readonly ifNotExists: boolean
    }
  | { readonly kind: 'rename_enum_value'; readonly name: string; readonly value: string; readonly to: string }
  | { readonly kind: 'drop_type'; readonly name: string; readonly ifExists: boolean }

export type OtherOperation =
  | {
      readonly kind: 'create_extension' | 'drop_extension'
      readonly name: string
      readonly isLenient: boolean
    }
  | { readonly kind: 'create_schema' | 'drop_schema'; readonly name: string; readonly isLenient: boolean }
  | {
      readonly kind: 'create_view'
      readonly name: string
      readonly isMaterialized: boolean
      readonly isReplacing: boolean
      readonly reads: readonly string[]
      /** Its text, normalised, so that two of the same can be told. */
      readonly definition: string
    }
  | {
      readonly kind: 'drop_view'
      readonly name: string
      readonly isMaterialized: boolean
      readonly ifExists: boolean
    }
  | {
      readonly kind: 'create_function'
      readonly name: string
      readonly isReplacing: boolean
      readonly definition: string
    }
  | { readonly kind: 'drop_function'; readonly name: string; readonly ifExists: boolean }
  | (OnTable & {
      readonly kind: 'create_trigger'
      readonly name: string
      readonly function: string
      readonly definition: string
    })
  | (OnTable & { readonly kind: 'drop_trigger'; readonly name: string; readonly ifExists: boolean })
  | {
      readonly kind: 'create_sequence' | 'alter_sequence' | 'drop_sequence'
      readonly name: string
      readonly definition: string
    }

export type DataOperation = {
  readonly kind: 'data'
  readonly verb: 'insert' | 'update' | 'delete' | 'merge' | 'copy' | 'truncate' | 'refresh'
  readonly writes: readonly string[]
  readonly reads: readonly string[]
}

/** Changes nothing that outlives the session: `SET lock_timeout`, `BEGIN`. */
export type SessionOperation = { readonly kind: 'session'; readonly text: string }

export type OpaqueOperation = {
  readonly kind: 'opaque'
  readonly reason: string
  /** The tables it is known to be limited to; `anything` when that is not known either. */
  readonly touches: 'anything' | readonly string[]
}

export type OperationBody =
  | TableOperation
  | ColumnOperation
  | IndexOperation
  | ConstraintOperation
  | TypeOperation
  | OtherOperation
  | DataOperation
  | SessionOperation
  | OpaqueOperation

export interface OperationOrigin {
  readonly confidence: Confidence
  readonly place: SourceLine
  /** Absent: Postgres, or what a framework is read as. */
  readonly engine?: 'mysql'
  /** Of MySQL: how its statement says that it is carried out. */
  readonly manner?: MysqlManner
}

export interface MysqlManner {
  /** The same for all that one statement does: the server does all of it or nothing, and commits. */
  readonly statement: string
  readonly algorithm?: 'instant' | 'inplace' | 'copy'
  readonly lock?: 'none' | 'shared' | 'exclusive'
  /** `FIRST`, or `AFTER` another column. */
  readonly isPlaced?: boolean
}

export type Operation = OperationBody & OperationOrigin

export type OperationKind = OperationBody['kind']
