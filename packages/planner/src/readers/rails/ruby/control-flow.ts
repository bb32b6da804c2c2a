import {
  AndNode,
  BeginNode,
  BreakNode,
  CaseMatchNode,
  CaseNode,
  ElseNode,
  EnsureNode,
  ForNode,
  IfNode,
  InNode,
  NextNode,
  OrNode,
  ProgramNode,
  RescueModifierNode,
  RescueNode,
  ReturnNode,
  StatementsNode,
  UnlessNode,
  UntilNode,
  WhenNode,
  WhileNode,
} from '@ruby/prism/src/nodes.js'

import { on, type HandlerEntry } from './handlers.ts'
import { readItems } from './literals.ts'
import type { ExitKind, Machine } from './machine.ts'
import { argumentsOf, type RubyNode } from './node.ts'
import { array, keyOf, nil, truthOf, unknown, type Value } from './value.ts'
import { assign } from './variables.ts'

export const controlFlowHandlers: readonly HandlerEntry[] = [
  on(ProgramNode, (machine, node) => machine.evaluate(node.statements)),
  on(StatementsNode, (machine, node) => {
    let value: Value = nil
    for (const each of node.body) {
      value = machine.evaluate(each)
      if (machine.exit !== null) return value
    }
    return value
  }),
  on(IfNode, (machine, node) =>
    choose(machine, node.predicate, { yes: node.statements, no: node.subsequent }),
  ),
  on(UnlessNode, (machine, node) =>
    choose(machine, node.predicate, { yes: node.elseClause, no: node.statements }),
  ),
  on(ElseNode, (machine, node) => machine.evaluate(node.statements)),
  on(AndNode, (machine, node) => {
    const left = machine.evaluate(node.left)
    const truth = truthOf(left)
    if (truth === false || machine.exit !== null) return left
    return truth === true
      ? machine.evaluate(node.right)
      : machine.branch([() => machine.evaluate(node.right), () => unknown])
  }),
  on(OrNode, (machine, node) => {
    const left = machine.evaluate(node.left)
    const truth = truthOf(left)
    if (truth === true || machine.exit !== null) return left
    return truth === false
      ? machine.evaluate(node.right)
      : machine.branch([() => machine.evaluate(node.right), () => unknown])
  }),
  on(CaseNode, (machine, node) => {
    const subject = node.predicate === null ? null : machine.evaluate(node.predicate)
    return chooseCase(machine, subject, node)
  }),
  on(CaseMatchNode, (machine, node) => {
    machine.evaluate(node.predicate)
    const paths = (node.conditions as readonly RubyNode[]).map((each) => () => {
      if (!(each instanceof InNode)) return unknown
      bindPattern(machine, each.pattern)
      return machine.evaluate(each.statements)
    })
    return machine.branch([...paths, () => machine.evaluate(node.elseClause)])
  }),
  on(WhileNode, (machine, node) => loop(machine, node)),
  on(UntilNode, (machine, node) => loop(machine, node)),
  on(ForNode, (machine, node) => {
    const collection = machine.evaluate(node.collection)
    const items = collection.type === 'array' ? collection.items : null
    if (items === null) {
      machine.repeat(() => {
        assign(machine, node.index, unknown)
        machine.evaluate(node.statements)
      })
      return unknown
    }
    for (const item of items) {
      assign(machine, node.index, item)
      machine.evaluate(node.statements)
      machine.settle('next')
      if (machine.exit !== null) break
    }
    machine.settle('break')
    return collection
  }),
  on(BeginNode, (machine, node) => {
    const value = withRescue(machine, node)
    const exit = machine.exit
    machine.exit = null
    machine.evaluate(node.ensureClause)
    machine.exit ??= exit
    return value
  }),
  on(EnsureNode, (machine, node) => machine.evaluate(node.statements)),
  on(RescueModifierNode, (machine, node) =>
    guard(machine, () => machine.evaluate(node.expression), [() => machine.evaluate(node.rescueExpression)]),
  ),
  on(ReturnNode, (machine, node) => leave(machine, 'return', node)),
  on(NextNode, (machine, node) => leave(machine, 'next', node)),
  on(BreakNode, (machine, node) => leave(machine, 'break', node)),
]

function choose(
  machine: Machine,
  predicate: RubyNode,
  paths: { yes: RubyNode | null; no: RubyNode | null },
): Value {
  const truth = truthOf(machine.evaluate(predicate))
  if (machine.exit !== null) return nil
  if (truth !== null) return machine.evaluate(truth ? paths.yes : paths.no)
  return machine.branch([() => machine.evaluate(paths.yes), () => machine.evaluate(paths.no)])
}

function chooseCase(machine: Machine, subject: Value | null, node: CaseNode): Value {
  const key = subject === null ? null : keyOf(subject)
  const possible: (() => Value)[] = []
  for (const each of node.conditions as readonly RubyNode[]) {
    if (!(each instanceof WhenNode)) continue
    const conditions = readItems(machine, each.conditions)
    const run = (): Value => machine.evaluate(each.statements)
    const truths = conditions?.map((one) =>
      subject === null ? truthOf(one) : isPlain(one) && key !== null ? keyOf(one) === key : null,
    )
    if (truths?.includes(true) === true && possible.length === 0) return run()
    if (truths?.every((truth) => truth === false) === true) continue
    possible.push(run)
  }
  const otherwise = (): Value => machine.evaluate(node.elseClause)
  return possible.length === 0 ? otherwise() : machine.branch([...possible, otherwise])
}

/** Compared by `===`, which for these is equality. */
function isPlain(value: Value): boolean {
  return ['string', 'symbol', 'number', 'boolean', 'nil'].includes(value.type) && keyOf(value) !== null
}

function loop(machine: Machine, node: WhileNode | UntilNode): Value {
  const first = truthOf(machine.evaluate(node.predicate))
  const never = !(node instanceof WhileNode)
  if (first === never && !node.isBeginModifier()) return nil
  machine.repeat(() => {
    machine.evaluate(node.statements)
    machine.evaluate(node.predicate)
  })
  return unknown
}

function withRescue(machine: Machine, node: BeginNode): Value {
  const main = (): Value => {
    const value = machine.evaluate(node.statements)
    return machine.exit === null && node.elseClause !== null ? machine.evaluate(node.elseClause) : value
  }
  const rescues: (() => Value)[] = []
  for (let each: unknown = node.rescueClause; each instanceof RescueNode; each = each.subsequent) {
    const clause = each
    rescues.push(() => {
      assign(machine, clause.reference, unknown)
      return machine.evaluate(clause.statements)
    })
  }
  return rescues.length === 0 ? main() : guard(machine, main, rescues)
}

/** Runs what may fail anywhere, and then perhaps one of its remedies. */
function guard(machine: Machine, main: () => Value, remedies: readonly (() => Value)[]): Value {
  const raisedBefore = machine.maybe.has('raise')
  machine.branch([main, () => unknown])
  if (!raisedBefore) machine.maybe.delete('raise')
  return machine.branch([...remedies, () => unknown])
}

function leave(machine: Machine, kind: ExitKind, node: ReturnNode | NextNode | BreakNode): Value {
  const values = readItems(machine, argumentsOf(node))
  const [only] = values ?? []
  machine.exitValue = values === null ? unknown : values.length > 1 ? array(values) : (only ?? nil)
  machine.exit = kind
  return machine.exitValue
}

/** What a pattern takes apart is not followed. */
function bindPattern(machine: Machine, pattern: RubyNode): void {
  assign(machine, pattern, unknown)
  for (const child of pattern.childNodes()) if (child !== null) bindPattern(machine, child)
}
