import type { Confidence, OperationBody } from '../../model/operation.ts'
import type { SqlReader } from '../sql/read-sql.ts'
import type { PyModule } from './python/module.ts'
import type { PyNode } from './python/tree.ts'
import type { CallValue, PyValue } from './python/value.ts'
import type { DjangoState } from './state.ts'

/** What reading one operation needs, and where its result goes. */
export interface Context {
  readonly file: string
  /** The label of the app: the folder above `migrations`. */
  readonly app: string
  readonly module: PyModule
  readonly state: DjangoState
  /** Postgres’, for expressions. */
  readonly sql: SqlReader
  /** Of what `RunSQL` runs. */
  readonly executed: SqlReader
  readonly emit: (node: PyNode, body: OperationBody, confidence?: Confidence) => void
  readonly opaque: (node: PyNode, reason: string, touches?: readonly string[]) => void
}

export interface Step {
  readonly context: Context
  readonly call: CallValue & { readonly node: PyNode }
  readonly node: PyNode
}

/** An argument by its name, or by its place. */
export function argument({ call }: Step, name: string, at: number): PyValue | undefined {
  return call.named.get(name) ?? call.args[at]
}
