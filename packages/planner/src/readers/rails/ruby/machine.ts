/**
 * Runs a migration without running it: every path that it could take, with what is known of every value on it.
 *
 * Promise: an operation of the schema that the text could carry out is emitted, or something opaque is in its place. A branch
 * whose condition is not known makes everything in it conditional; a loop whose rounds are not known is run until nothing
 * changes; a call that nobody can resolve is opaque.
 */
import type { Confidence, Operation, OperationBody } from '../../../model/operation.ts'
import type { Schema } from '../../../schema/schema.ts'
import type { BytePositions } from '../../sql/text-position.ts'
import type { RailsSetting } from '../schema/setting.ts'
import type { RubyNode } from './node.ts'
import { makeModule, type RubyModule, type Scope } from './scope.ts'
import { forget, keyOf, migration, nil, unknown, type Value } from './value.ts'

export interface Call {
  /** Null when it is written without one. */
  readonly receiver: Value | null
  readonly name: string
  /** Null when they are not known, not even how many. */
  readonly args: readonly Value[] | null
  readonly block: Value | null
  readonly node: RubyNode
}

/** @returns null where that is not known. */
export type StateAfter = (operations: readonly Operation[]) => Schema | null

type Place = Pick<RubyNode, 'location'>

export type ExitKind = 'next' | 'break' | 'return' | 'raise'

interface Evaluator {
  readonly evaluate: (machine: Machine, node: RubyNode) => Value
  readonly call: (machine: Machine, call: Call) => Value
}

/** A text that unrolls into more than this is not read to its end. */
const stepsMax = 100_000
const depthMax = 40
/** Of a loop: each one forgets something, and what was forgotten stays so. */
const roundsMax = 6

type Snapshot = readonly (readonly [Map<string, Value>, ReadonlyMap<string, Value>])[]

export class Machine {
  readonly file: string
  /** Its rules are those of the migration that runs. */
  setting: RailsSetting
  /** A schema file: what was dumped, to be loaded into an empty database. */
  readonly isDump: boolean
  readonly top: RubyModule = makeModule('', null)
  scope: Scope
  operations: Operation[] = []
  /** The class whose instance is `self` in `change`. */
  migrationClass: RubyModule | null = null
  /** What was left for good, and with which value. */
  exit: ExitKind | null = null
  exitValue: Value = nil
  /** What may have been left: what follows is conditional. */
  readonly maybe = new Set<ExitKind>()
  conditions = 0
  isTransactional = true
  /** Which schema there is after what was read so far; null where nobody knows. */
  readonly stateAfter: StateAfter | null
  schemaVersion: string | null = null
  readonly #text: string
  #bytes: Uint8Array | null = null
  readonly #positions: BytePositions
  readonly #evaluator: Evaluator
  readonly #callers: Scope[] = []
  #steps = 0
  #depth = 0
  #forgotten = 0

  constructor(given: {
    file: string
    setting: RailsSetting
    isDump: boolean
    text: string
    positions: BytePositions
    evaluator: Evaluator
    stateAfter?: StateAfter | undefined
  }) {
    this.stateAfter = given.stateAfter ?? null
    this.file = given.file
    this.setting = given.setting
    this.isDump = given.isDump
    this.#text = given.text
    this.#positions = given.positions
    this.#evaluator = given.evaluator
    const fields = new Map<string, Value>()
    this.scope = { locals: new Map(), outer: null, self: migration, module: this.top, block: null, fields }
  }

  evaluate(node: RubyNode | null | undefined): Value {
    if (node === null || node === undefined) return nil
    if (++this.#steps > stepsMax) {
      if (this.#steps === stepsMax + 1) this.opaque(node, 'it unrolls into more than can be read')
      return unknown
    }
    return this.#evaluator.evaluate(this, node)
  }

  call(call: Call): Value {
    return this.#evaluator.call(this, call)
  }

  lineOf(node: Place): number {
    return this.#positions.lineAt(node.location.startOffset)
  }

  lineAt(offset: number): number {
    return this.#positions.lineAt(offset)
  }

  textOf({ location }: Place): string {
    this.#bytes ??= new TextEncoder().encode(this.#text)
    return new TextDecoder().decode(
      this.#bytes.subarray(location.startOffset, location.startOffset + location.length),
    )
  }

  get isCertain(): boolean {
    return this.conditions === 0 && this.maybe.size === 0
  }

  emit(node: Place, body: OperationBody, confidence: Confidence = 'exact', line = this.lineOf(node)): void {
    const weakest =
      body.kind === 'opaque' ? 'opaque' : this.isCertain ? confidence : weaker(confidence, 'conditional')
    this.operations.push({ ...body, confidence: weakest, place: { file: this.file, line } })
  }

  opaque(node: Place, reason: string, touches: 'anything' | readonly string[] = 'anything'): void {
    this.emit(node, { kind: 'opaque', reason, touches })
  }

  /** What was emitted since then runs on what nobody knows: it is at most dynamic. */
  weaken(from: number): void {
    for (let at = from; at < this.operations.length; at++) {
      const operation = this.operations[at]
      if (operation !== undefined)
        this.operations[at] = { ...operation, confidence: weaker(operation.confidence, 'dynamic') }
    }
  }

  /** What the code emits, without keeping it. */
  capture(run: () => void): Operation[] {
    const kept = this.operations
    this.operations = []
    run()
    const captured = this.operations
    this.operations = kept
    return captured
  }

  /** Contents that nobody knows any more. */
  forget(value: Value): void {
    if (value.type === 'string' || value.type === 'array' || value.type === 'hash') this.#forgotten++
    forget(value)
  }

  within<T>(scope: Scope, run: () => T, node: RubyNode): T | Value {
    if (this.#depth >= depthMax) {
      this.opaque(node, 'calls are nested deeper than can be read')
      return unknown
    }
    const outer = this.scope
    this.#callers.push(outer)
    this.scope = scope
    this.#depth++
    try {
      return run()
    } finally {
      this.#depth--
      this.scope = outer
      this.#callers.pop()
    }
  }

  /** Ends an exit where it leads: a block ends `next`, a method ends `return`. */
  settle(...kinds: readonly ExitKind[]): Value | null {
    const wasMaybe = kinds.some((kind) => this.maybe.delete(kind))
    if (this.exit !== null && kinds.includes(this.exit)) {
      this.exit = null
      return wasMaybe ? unknown : this.exitValue
    }
    return wasMaybe ? unknown : null
  }

  /** One of the paths is taken, and nobody knows which. */
  branch(paths: readonly (() => Value)[]): Value {
    const before = this.#snapshot()
    this.conditions++
    const ends = paths.map((path) => {
      this.#restore(before)
      this.exit = null
      const value = path()
      return { value, exit: this.#left(), state: copyOf(before) }
    })
    this.conditions--
    const going = ends.filter((end) => end.exit === null)
    const left = ends.flatMap((end) => (end.exit === null ? [] : [end.exit]))
    this.#merge(
      before,
      (going.length === 0 ? ends : going).map((end) => end.state),
    )
    this.exit = null
    const inner = (['next', 'break', 'return', 'raise'] as const).find((kind) => left.includes(kind))
    if (going.length === 0 && inner !== undefined) {
      this.exit = inner
      this.exitValue = unknown
    }
    for (const kind of left) if (kind !== this.exit) this.maybe.add(kind)
    const [first, ...others] = going
    if (first === undefined) return unknown
    return others.every((each) => isSame(each.value, first.value)) ? first.value : unknown
  }

  /** Runs it any number of times, not at all included. */
  repeat(round: () => void): void {
    this.conditions++
    const start = this.operations.length
    for (let rounds = 0; rounds < roundsMax; rounds++) {
      this.operations.length = start
      const before = this.#snapshot()
      const forgotten = this.#forgotten
      round()
      const left = this.exit
      this.exit = null
      if (left === 'return' || left === 'raise') this.maybe.add(left)
      this.maybe.delete('next')
      this.maybe.delete('break')
      const changed = this.#merge(before, [before.map(([, state]) => state), copyOf(before)])
      if (!changed && forgotten === this.#forgotten) break
    }
    this.conditions--
  }

  #left(): ExitKind | null {
    return this.exit
  }

  #snapshot(): Snapshot {
    const maps = new Set<Map<string, Value>>()
    // A block may change what belongs to any caller.
    for (const scope of [...this.#callers, this.scope]) {
      maps.add(scope.fields)
      for (let at: Scope | null = scope; at !== null; at = at.outer) maps.add(at.locals)
    }
    return [...maps].map((map) => [map, new Map(map)])
  }

  #restore(snapshot: Snapshot): void {
    for (const [map, state] of snapshot) {
      map.clear()
      for (const [name, value] of state) map.set(name, value)
    }
  }

  /** @returns whether something known before is not known any more. */
  #merge(before: Snapshot, ends: readonly (readonly ReadonlyMap<string, Value>[])[]): boolean {
    let changed = false
    for (const [at, [map, earlier]] of before.entries()) {
      const states = ends.map((end) => end[at] ?? earlier)
      const names = new Set(states.flatMap((state) => [...state.keys()]))
      for (const name of names) {
        const values = states.map((state) => state.get(name) ?? nil)
        const [first = nil] = values
        const merged = values.every((each) => isSame(each, first)) ? first : unknown
        if (!isSame(merged, earlier.get(name) ?? nil) && (earlier.get(name)?.type ?? 'unknown') !== 'unknown')
          changed = true
        map.set(name, merged)
      }
    }
    return changed
  }
}

function copyOf(snapshot: Snapshot): readonly ReadonlyMap<string, Value>[] {
  return snapshot.map(([map]) => new Map(map))
}

function isSame(one: Value, other: Value): boolean {
  if (one === other) return true
  const key = keyOf(one)
  if (key !== null && key === keyOf(other)) return one.type !== 'string' && one.type !== 'array'
  return one.type === 'unknown' && other.type === 'unknown'
}

const order: readonly Confidence[] = ['exact', 'conditional', 'dynamic', 'opaque']

export function weaker(one: Confidence, other: Confidence): Confidence {
  return order.indexOf(one) > order.indexOf(other) ? one : other
}
