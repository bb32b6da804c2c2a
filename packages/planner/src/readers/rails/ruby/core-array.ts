import { equal } from './core-text.ts'
import { callBlock } from './invoke.ts'
import { textOf } from './literals.ts'
import type { Call, Machine } from './machine.ts'
import {
  array,
  boolean,
  keyOf,
  nil,
  number,
  text,
  truthOf,
  unknown,
  type ArrayValue,
  type Value,
} from './value.ts'

/** Of an array whose items are known; undefined when it is none of the known ones. */
export function callOnArray(machine: Machine, receiver: ArrayValue, call: Call): Value | undefined {
  const { name, args, block } = call
  const { items } = receiver
  if (items === null || args === null) return undefined
  const changed = changeArray(machine, receiver, name, args)
  if (changed !== undefined) return changed
  const [first] = args
  if (block !== null) return iterate(machine, items, { ...call, block, receiver })
  switch (name) {
    case 'freeze':
    case 'to_a':
    case 'to_ary':
    case 'each':
    case 'map':
    case 'lazy':
    case 'itself':
    case 'presence':
      return receiver
    case 'dup':
    case 'clone':
      return array([...items])
    case 'reverse':
      return array(items.toReversed())
    case 'compact':
      return array(items.filter((each) => each.type !== 'nil'))
    case 'uniq': {
      const keys = items.map(keyOf)
      return keys.includes(null)
        ? undefined
        : array(items.filter((_each, at) => keys.indexOf(keys[at] ?? null) === at))
    }
    case 'sort': {
      const texts = items.map((each) => textOf(each))
      if (texts.includes(null)) return undefined
      return array(items.toSorted((one, two) => ((textOf(one) ?? '') < (textOf(two) ?? '') ? -1 : 1)))
    }
    case 'flatten': {
      const flat = (list: readonly Value[]): Value[] =>
        list.flatMap((each) => (each.type === 'array' && each.items !== null ? flat(each.items) : [each]))
      return array(flat(items))
    }
    case '+':
    case '|':
      return first?.type === 'array' && first.items !== null ? array([...items, ...first.items]) : undefined
    case '-': {
      if (first?.type !== 'array' || first.items === null) return undefined
      const gone = first.items.map(keyOf)
      return gone.includes(null) ? undefined : array(items.filter((each) => !gone.includes(keyOf(each))))
    }
    case 'product':
      if (first?.type !== 'array' || first.items === null || args.length !== 1) return undefined
      return array(items.flatMap((one) => (first.items ?? []).map((two) => array([one, two]))))
    case 'zip': {
      if (first?.type !== 'array' || first.items === null || args.length !== 1) return undefined
      const others = first.items
      return array(items.map((each, at) => array([each, others[at] ?? nil])))
    }
    case 'each_with_index':
    case 'with_index':
      return array(items.map((each, at) => array([each, number(at)])))
    case 'first':
    case 'last': {
      const at = name === 'first' ? 0 : -1
      return args.length === 0 ? (items.at(at) ?? nil) : undefined
    }
    case '[]':
    case 'at':
    case 'dig':
      return first?.type === 'number' && args.length === 1 ? (items.at(first.number) ?? nil) : undefined
    case 'join': {
      const texts = items.map((each) => textOf(each))
      const separator = first === undefined ? '' : textOf(first)
      return text(texts.includes(null) || separator === null ? null : texts.join(separator))
    }
    case 'size':
    case 'length':
    case 'count':
      return args.length === 0 ? number(items.length) : undefined
    case 'empty?':
    case 'blank?':
    case 'none?':
      return boolean(items.length === 0)
    case 'any?':
    case 'present?':
      return boolean(items.length > 0)
    case 'include?':
    case 'member?': {
      const key = first === undefined ? null : keyOf(first)
      const keys = items.map(keyOf)
      return key === null || keys.includes(null) ? undefined : boolean(keys.includes(key))
    }
    case 'to_h':
      return hashOf(items)
    case '==':
    case '!=':
      return equal(receiver, first, name)
    case 'nil?':
      return boolean(false)
    default:
      return undefined
  }
}

function changeArray(
  machine: Machine,
  receiver: ArrayValue,
  name: string,
  args: readonly Value[],
): Value | undefined {
  const isAppend = name === '<<' || name === 'push' || name === 'append'
  const others = new Set([
    '[]=',
    'unshift',
    'prepend',
    'concat',
    'insert',
    'delete',
    'delete_at',
    'delete_if',
    'pop',
    'shift',
    'clear',
    'replace',
    'keep_if',
  ])
  if (isAppend && machine.isCertain) {
    receiver.items?.push(...args)
    return receiver
  }
  if (!isAppend && !others.has(name) && !(name.endsWith('!') && name.length > 1)) return undefined
  machine.forget(receiver)
  for (const each of args) machine.forget(each)
  return name === 'pop' || name === 'shift' || name.startsWith('delete') ? unknown : receiver
}

function hashOf(items: readonly Value[]): Value | undefined {
  const pairs = items.map((each) => (each.type === 'array' && each.items?.length === 2 ? each.items : null))
  if (pairs.includes(null)) return undefined
  return { type: 'hash', entries: pairs.map((pair) => [pair?.[0] ?? nil, pair?.[1] ?? nil]) }
}

type WithBlock = Call & { readonly block: Value; readonly receiver: Value }

/** Round by round, since it is known how many there are. */
export function iterate(
  machine: Machine,
  items: readonly Value[],
  { name, args, block, node, receiver }: WithBlock,
): Value | undefined {
  const rounds = (given: (item: Value, at: number) => readonly Value[]): Value[] | null => {
    const values: Value[] = []
    for (const [at, item] of items.entries()) {
      values.push(callBlock(machine, block, given(item, at), { node }))
      if (machine.exit !== null) return null
    }
    return values
  }
  const alone = (item: Value): readonly Value[] => [item]
  const [first] = args ?? []
  switch (name) {
    case 'each':
    case 'each_entry':
    case 'tap':
      if (name === 'tap') callBlock(machine, block, [receiver], { node })
      else rounds(alone)
      return receiver
    case 'reverse_each':
      return iterate(machine, items.toReversed(), { name: 'each', args, block, node, receiver })
    case 'each_with_index':
    case 'each_index':
      rounds((item, at) => (name === 'each_index' ? [number(at)] : [item, number(at)]))
      return receiver
    case 'each_with_object':
      rounds((item) => [item, first ?? nil])
      return first ?? nil
    case 'each_slice': {
      if (first?.type !== 'number' || first.number < 1) return undefined
      const slices: Value[] = []
      for (let at = 0; at < items.length; at += first.number)
        slices.push(array(items.slice(at, at + first.number)))
      return iterate(machine, slices, { name: 'each', args: [], block, node, receiver })
    }
    case 'map':
    case 'collect':
      return array(rounds(alone))
    case 'flat_map': {
      const values = rounds(alone)
      return array(
        values?.flatMap((each) => (each.type === 'array' && each.items !== null ? each.items : [each])) ??
          null,
      )
    }
    case 'to_h':
    case 'index_with': {
      const values = rounds(alone)
      if (name === 'to_h') return hashOf(values ?? []) ?? unknown
      return {
        type: 'hash',
        entries: values === null ? null : items.map((each, at) => [each, values[at] ?? nil]),
      }
    }
    case 'select':
    case 'filter':
    case 'reject': {
      const truths = rounds(alone)?.map(truthOf)
      if (truths === undefined || truths.includes(null)) return array(null)
      return array(items.filter((_each, at) => truths[at] === (name !== 'reject')))
    }
    case 'any?':
    case 'all?':
    case 'none?':
    case 'find':
    case 'detect':
    case 'inject':
    case 'reduce':
    case 'sum':
    case 'group_by':
    case 'partition':
    case 'sort_by':
    case 'index_by':
    case 'filter_map':
      machine.repeat(() => callBlock(machine, block, null, { node }))
      return unknown
    default:
      return undefined
  }
}
