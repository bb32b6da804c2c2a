import type { JsNode } from './node.ts'
import type { JsValue } from './value.ts'

export interface Call {
  /** What the call is made on; for a plain call, what is called. */
  readonly of: JsValue
  /** Null when it is not known. */
  readonly name: string | null
  readonly args: readonly JsValue[]
  readonly node: JsNode
}

/** `orders as o` is orders. */
export function aliased(name: string | null): string | null {
  return name?.split(/\s+as\s+/i)[0] ?? null
}
