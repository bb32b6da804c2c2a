import type { RubyNode } from './node.ts'
import type { Value } from './value.ts'

/** A method, block or lambda: its parameters and its body, or a built-in that stands for one. */
export interface Callable {
  readonly parameters: RubyNode | null
  readonly body: RubyNode | null
  /** Where constants are looked up. */
  readonly module: RubyModule
}

export interface RubyModule {
  readonly name: string
  readonly outer: RubyModule | null
  readonly constants: Map<string, Value>
  readonly methods: Map<string, Callable | BlockCallable>
  readonly ownMethods: Map<string, Callable | BlockCallable>
  readonly includes: Value[]
  readonly fields: Map<string, Value>
  superclass: Value | null
  /** Every instance method is one of the module, too: `module_function`, `extend self`. */
  isOwnExtension: boolean
  /** Of a model; null when it was set to what is not known. */
  tableName?: string | null
}

/** From `define_method`: it sees the variables around it. */
export interface BlockCallable extends Callable {
  readonly scope: Scope
}

export interface Scope {
  readonly locals: Map<string, Value>
  /** The scope around a block; null for a method. */
  readonly outer: Scope | null
  readonly self: Value
  readonly module: RubyModule
  /** What `yield` calls. */
  readonly block: Value | null
  /** Instance variables. */
  readonly fields: Map<string, Value>
  readonly superMethod?: (args: readonly Value[] | null) => Value
  readonly args?: readonly Value[]
}

export function makeModule(name: string, outer: RubyModule | null): RubyModule {
  return {
    name,
    outer,
    constants: new Map(),
    methods: new Map(),
    ownMethods: new Map(),
    includes: [],
    fields: new Map(),
    superclass: null,
    isOwnExtension: false,
  }
}

export function findLocal(scope: Scope, name: string): Map<string, Value> | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at.locals.has(name)) return at.locals
  return null
}

/** In the module itself, what it includes, and its ancestors in this file. */
export function findMethod(
  module: RubyModule,
  name: string,
  kind: 'methods' | 'ownMethods',
  seen = new Set<RubyModule>(),
): { readonly callable: Callable | BlockCallable; readonly owner: RubyModule } | null {
  if (seen.has(module)) return null
  seen.add(module)
  const own =
    module[kind].get(name) ??
    (kind === 'ownMethods' && module.isOwnExtension ? module.methods.get(name) : undefined)
  if (own !== undefined) return { callable: own, owner: module }
  const above = [...module.includes].toReversed()
  if (module.superclass !== null) above.push(module.superclass)
  for (const each of above) {
    if (each.type !== 'module') continue
    const found = findMethod(each.module, name, kind, seen)
    if (found !== null) return found
  }
  return null
}
