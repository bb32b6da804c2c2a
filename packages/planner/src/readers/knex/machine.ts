/**
 * Reads the way up of a Knex migration without running it: every path that it could take.
 *
 * Promise: whatever is called on `knex`, or on what comes from it, yields an operation or something opaque; handing it to code
 * that is not in the file is opaque. A branch whose condition is not known makes what is in it conditional.
 */
import type { Confidence, Operation, OperationBody } from '../../model/operation.ts'
import type { SqlEngine } from '../engine.ts'
import type { SqlReader } from '../sql/read-sql.ts'
import { isNode, nodeAt, type JsNode } from './node.ts'
import {
  contents,
  either,
  isPowerful,
  mayAct,
  tainted,
  unknown,
  type Environment,
  type JsValue,
} from './value.ts'

const depthMax = 30
/** A file that unrolls into more than this is not read to its end. */
const stepsMax = 50_000

/** Whether the function is left; what follows may then not run. */
export type Left = 'no' | 'maybe' | 'yes'

export interface Evaluator {
  readonly evaluate: (machine: Machine, node: JsNode, environment: Environment) => JsValue
  readonly execute: (machine: Machine, node: JsNode, environment: Environment) => Left
  readonly bind: (machine: Machine, pattern: JsNode, value: JsValue, environment: Environment) => void
}

const strengths: readonly Confidence[] = ['exact', 'conditional', 'dynamic', 'opaque']

function weakest(...given: readonly Confidence[]): Confidence {
  return given.reduce((one, other) => (strengths.indexOf(one) < strengths.indexOf(other) ? other : one))
}

export class Machine {
  readonly operations: Operation[] = []
  /** Names that are given a value more than once, or whose contents are changed. */
  readonly changing: ReadonlySet<string>
  readonly file: string
  /** How many conditions that are not known stand around what is read. */
  conditions = 0
  readonly engine: SqlEngine
  readonly #sql: SqlReader
  readonly #executed: SqlReader
  readonly #lineAt: (offset: number) => number
  readonly #evaluator: Evaluator
  /** The functions that are being read, and what each has given back so far. */
  readonly #frames: { readonly node: JsNode; result: JsValue | null }[] = []
  /** Lists and objects whose contents were changed in place. */
  readonly #changed = new WeakSet<JsValue>()
  #changes = 0
  #steps = 0

  constructor(given: {
    readonly file: string
    /** Of what a builder’s calls are written out as. */
    readonly sql: SqlReader
    /** Of what the server is given as it stands. */
    readonly executed: SqlReader
    readonly engine: SqlEngine
    readonly lineAt: (offset: number) => number
    readonly evaluator: Evaluator
    readonly changing: ReadonlySet<string>
  }) {
    this.file = given.file
    this.#sql = given.sql
    this.#executed = given.executed
    this.engine = given.engine
    this.#lineAt = given.lineAt
    this.#evaluator = given.evaluator
    this.changing = given.changing
  }

  emit(node: JsNode, body: OperationBody, confidence: Confidence = 'exact'): void {
    const place = { file: this.file, line: this.#lineAt(node.start) }
    const own = body.kind === 'opaque' ? 'opaque' : confidence
    this.operations.push({ ...body, confidence: weakest(own, this.#certainty), place })
  }

  opaque(node: JsNode, reason: string, touches: 'anything' | readonly string[] = 'anything'): void {
    this.emit(node, { kind: 'opaque', reason, touches })
  }

  /** What a builder’s call was written out as. @param adapt to what it is on another server. */
  sql(
    node: JsNode,
    text: string,
    confidence: Confidence = 'exact',
    adapt: (operation: Operation) => Operation = (same) => same,
  ): void {
    this.#read(this.#sql, { node, text, confidence, adapt })
  }

  /** @returns what was found, so that it can be taken back. */
  executed(node: JsNode, text: string): readonly Operation[] {
    return this.#read(this.#executed, { node, text, confidence: 'exact', adapt: (same) => same })
  }

  #read(
    read: SqlReader,
    given: {
      readonly node: JsNode
      readonly text: string
      readonly confidence: Confidence
      readonly adapt: (operation: Operation) => Operation
    },
  ): readonly Operation[] {
    const { node, text, confidence, adapt } = given
    const firstLine = this.#lineAt(node.start)
    const { operations } = read({ file: this.file, text, firstLine })
    const found = operations.map((each) =>
      adapt({ ...each, confidence: weakest(each.confidence, confidence, this.#certainty) }),
    )
    this.operations.push(...found)
    return found
  }

  takeBack(operations: readonly Operation[]): void {
    const gone = new Set(operations)
    if (gone.size === 0) return
    const kept = this.operations.filter((each) => !gone.has(each))
    this.operations.splice(0, this.operations.length, ...kept)
  }

  evaluate(node: JsNode | null, environment: Environment): JsValue {
    if (node === null) return unknown
    if (this.#isTooLong(node)) return unknown
    const value = this.#evaluator.evaluate(this, node, environment)
    return this.#changed.has(value) ? (mayAct(value) ? tainted : unknown) : value
  }

  /** From here on nobody knows what is in it. */
  change(value: JsValue): void {
    if ((value.type !== 'list' && value.type !== 'object') || this.#changed.has(value)) return
    this.#changed.add(value)
    this.#changes++
  }

  execute(node: JsNode | null, environment: Environment): Left {
    if (node === null || this.#isTooLong(node)) return 'no'
    return this.#evaluator.execute(this, node, environment)
  }

  #isTooLong(node: JsNode): boolean {
    this.#steps++
    if (this.#steps === stepsMax) this.opaque(node, 'it unrolls into more than can be read')
    return this.#steps >= stepsMax
  }

  get #certainty(): Confidence {
    return this.conditions > 0 ? 'conditional' : 'exact'
  }

  /** What may happen or not. */
  perhaps<T>(run: () => T): T {
    this.conditions++
    const value = run()
    this.conditions--
    return value
  }

  /** Perhaps not at all, perhaps often: what one round changes, the next one finds changed. */
  perhapsOften<T>(run: () => T): T {
    const before = this.#changes
    const first = this.perhaps(run)
    return this.#changes === before ? first : this.perhaps(run)
  }

  /** Runs a function of this file, here and now. */
  run(value: JsValue, args: readonly JsValue[], node: JsNode, self: JsValue = unknown): JsValue {
    if (value.type !== 'function') {
      if (value.type === 'tainted' || value.type === 'module' || args.some(isPowerful))
        this.opaque(node, 'code that is not in this file is called')
      return unknown
    }
    if (this.#frames.length >= depthMax) {
      this.opaque(node, 'calls are nested deeper than can be read')
      return unknown
    }
    const inner: Environment = new Map(value.environment)
    if (value.node.type !== 'ArrowFunctionExpression') {
      inner.set('this', self)
      inner.set('arguments', { type: 'list', items: args })
    }
    const frame: { readonly node: JsNode; result: JsValue | null } = { node: value.node, result: null }
    this.#frames.push(frame)
    const parameters = Array.isArray(value.node['params']) ? value.node['params'].filter(isNode) : []
    for (const [at, parameter] of parameters.entries()) {
      const isRest = parameter.type === 'RestElement'
      const given: JsValue = isRest ? { type: 'list', items: args.slice(at) } : (args[at] ?? unknown)
      this.#evaluator.bind(this, parameter, given, inner)
    }
    const body = nodeAt(value.node, 'body')
    const isBlock = body?.type === 'BlockStatement' || body?.type === 'FunctionBody'
    if (isBlock) this.execute(body, inner)
    else frame.result = this.evaluate(body, inner)
    this.#frames.pop()
    return frame.result ?? unknown
  }

  /** What the function that is being read gives back, here or elsewhere. */
  giveBack(value: JsValue): void {
    const frame = this.#frames.at(-1)
    if (frame !== undefined) frame.result = frame.result === null ? value : either(frame.result, value)
  }

  /** To code that is not followed: it may call what it gets, and may use it. */
  handOver(values: readonly JsValue[], node: JsNode, to: string): void {
    if (values.some(isPowerful)) this.opaque(node, `${to} is given the schema`)
    for (const each of values) {
      this.#mayBeCalled(each, node)
      this.#mayBeChanged(each)
    }
  }

  #mayBeChanged(value: JsValue): void {
    this.change(value)
    for (const each of contents(value)) this.#mayBeChanged(each)
  }

  #mayBeCalled(value: JsValue, node: JsNode): void {
    for (const each of contents(value)) this.#mayBeCalled(each, node)
    if (value.type !== 'function' || this.#frames.some((frame) => frame.node === value.node)) return
    this.perhapsOften(() => this.run(value, [], node))
  }
}
