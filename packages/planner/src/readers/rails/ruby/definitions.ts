import {
  AliasMethodNode,
  ClassNode,
  DefNode,
  ModuleNode,
  PostExecutionNode,
  PreExecutionNode,
  SingletonClassNode,
  UndefNode,
} from '@ruby/prism/src/nodes.js'

import { on, type HandlerEntry } from './handlers.ts'
import type { Machine } from './machine.ts'
import type { RubyNode } from './node.ts'
import { findMethod, makeModule, type RubyModule, type Scope } from './scope.ts'
import { nameIn, nil, symbol, unknown, type Value } from './value.ts'

export const definitionHandlers: readonly HandlerEntry[] = [
  on(DefNode, (machine, node) => {
    const { self, module } = machine.scope
    const receiver = node.receiver === null ? null : machine.evaluate(node.receiver)
    const callable = { parameters: node.parameters, body: node.body, module }
    if (receiver?.type === 'module') receiver.module.ownMethods.set(node.name, callable)
    else if (receiver !== null)
      machine.opaque(node, `the method ${node.name} is defined on what is not in this file`)
    else if (self.type === 'module' && self.module !== module) self.module.ownMethods.set(node.name, callable)
    else module.methods.set(node.name, callable)
    return symbol(node.name)
  }),
  on(ClassNode, (machine, node) => {
    const superclass = node.superclass === null ? null : machine.evaluate(node.superclass)
    const module = openModule(machine, node)
    if (module === null) return nil
    if (superclass !== null) module.superclass = superclass
    return runBody(machine, module, node)
  }),
  on(ModuleNode, (machine, node) => {
    const module = openModule(machine, node)
    return module === null ? nil : runBody(machine, module, node)
  }),
  on(SingletonClassNode, (machine, node) => {
    const target = machine.evaluate(node.expression)
    if (target.type !== 'module') {
      machine.opaque(node, 'the class of a single object is opened')
      return unknown
    }
    // Methods defined in it belong to the module itself.
    const own: RubyModule = { ...target.module, methods: target.module.ownMethods }
    return runBody(machine, own, node)
  }),
  on(AliasMethodNode, (machine, node) => {
    aliasMethod(machine, node, nameIn(machine.evaluate(node.newName)), nameIn(machine.evaluate(node.oldName)))
    return nil
  }),
  on(UndefNode, (machine, node) => {
    machine.opaque(node, 'a method is undefined')
    return nil
  }),
  on(PreExecutionNode, (machine, node) => machine.evaluate(node.statements)),
  on(PostExecutionNode, (machine, node) => machine.evaluate(node.statements)),
]

export function aliasMethod(machine: Machine, node: RubyNode, to: string | null, from: string | null): void {
  const { module } = machine.scope
  if (to === null || from === null) return machine.opaque(node, 'a method gets a name that is not known')
  const found = findMethod(module, from, 'methods')
  if (found === null) {
    machine.opaque(node, `${from}, which is not defined here, is also called ${to}`)
    return
  }
  module.methods.set(to, found.callable)
}

/** Reopens what is there; a class of somebody else's is opened under its path, so that what is defined in it is found. */
function openModule(
  machine: Machine,
  node: RubyNode & { readonly constantPath: RubyNode; readonly name: string },
): RubyModule | null {
  const outer = machine.scope.module
  const known = machine.evaluate(node.constantPath)
  if (known.type === 'module') return known.module
  const path = known.type === 'constant' ? known.path : node.name
  if (known.type !== 'constant') {
    machine.opaque(node, `${node.name} is opened, and is not known`)
    return null
  }
  const module = makeModule(outer.name === '' ? path : `${outer.name}::${path}`, outer)
  const at = path.includes('::') ? machine.top : outer
  at.constants.set(path.includes('::') ? path : node.name, { type: 'module', module })
  return module
}

function runBody(
  machine: Machine,
  module: RubyModule,
  node: RubyNode & { readonly body: RubyNode | null },
): Value {
  const self: Value = { type: 'module', module }
  const scope: Scope = { locals: new Map(), outer: null, self, module, block: null, fields: module.fields }
  return machine.within(scope, () => machine.evaluate(node.body), node)
}
