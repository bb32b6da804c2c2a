import type { Call } from './call.ts'
import type { Machine } from './machine.ts'
import { mayAct, tainted, textIn, unknown, type JsValue } from './value.ts'

/** Lists whose items are known: what is done for each is done for each. */
export function callOnList(
  machine: Machine,
  all: Extract<JsValue, { type: 'list' }>,
  { name, args, node }: Call,
): JsValue {
  const [first, second] = args
  const { items } = all
  const each = (item: JsValue, at: number): readonly JsValue[] => [item, { type: 'number', number: at }, all]
  if (first?.type === 'function') {
    switch (name ?? '') {
      case 'map':
      case 'forEach':
      case 'flatMap':
        return { type: 'list', items: items.map((item, at) => machine.run(first, each(item, at), node)) }
      case 'reduce':
        if (second === undefined) break
        return items.reduce<JsValue>((sum, item) => machine.run(first, [sum, item], node), second)
      case 'filter':
      case 'some':
      case 'every':
      case 'find':
        for (const [at, item] of items.entries())
          machine.perhaps(() => machine.run(first, each(item, at), node))
        return items.some(mayAct) ? tainted : unknown
    }
  }
  if (name === 'join' && items.every((item) => item.type === 'text'))
    return { type: 'text', text: items.map(textIn).join(textIn(first) ?? ',') }
  if (name === 'concat' && args.every((given) => given.type === 'list'))
    return {
      type: 'list',
      items: [...items, ...args.flatMap((given) => (given.type === 'list' ? given.items : []))],
    }
  if (name === 'entries' && args.length === 0)
    return {
      type: 'list',
      items: items.map((item, at) => ({ type: 'list', items: each(item, at).slice(0, 2).toReversed() })),
    }
  if (name === 'slice' && args.length === 0) return { type: 'list', items }
  if (name === 'includes' || name === 'indexOf') return unknown
  machine.change(all)
  machine.handOver(
    [...args, ...(args.length > 0 ? items : [])],
    node,
    `${name ?? 'what is not known'} of a list`,
  )
  return [...items, ...args].some(mayAct) ? tainted : unknown
}
