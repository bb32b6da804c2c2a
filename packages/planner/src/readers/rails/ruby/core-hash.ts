import { iterate } from './core-array.ts'
import { callBlock } from './invoke.ts'
import type { Call, Machine } from './machine.ts'
import { array, boolean, keyOf, nil, number, unknown, type HashValue, type Value } from './value.ts'

/** Of a hash whose entries are known. */
export function callOnHash(machine: Machine, receiver: HashValue, call: Call): Value | undefined {
  const { name, args, block, node } = call
  const { entries } = receiver
  if (entries === null || args === null) return undefined
  const [first] = args
  if (block !== null) {
    const pairs = entries.map(([key, value]) => array([key, value]))
    if (name === 'each_key' || name === 'each_value') {
      const items = entries.map(([key, value]) => (name === 'each_key' ? key : value))
      return iterate(machine, items, { name: 'each', args, block, node, receiver })
    }
    if (name === 'transform_values' || name === 'transform_keys' || name === 'fetch') {
      machine.repeat(() => callBlock(machine, block, null, { node }))
      return unknown
    }
    return iterate(machine, pairs, {
      name: name === 'each_pair' ? 'each' : name,
      args,
      block,
      node,
      receiver,
    })
  }
  const find = (key: Value | undefined): Value | undefined => {
    const wanted = key === undefined ? null : keyOf(key)
    if (wanted === null || entries.some(([each]) => keyOf(each) === null)) return unknown
    return entries.findLast(([each]) => keyOf(each) === wanted)?.[1]
  }
  switch (name) {
    case '[]':
      return find(first) ?? nil
    case 'fetch':
      return find(first) ?? args[1] ?? unknown
    case 'dig':
      return args.length === 1 ? (find(first) ?? nil) : undefined
    case 'key?':
    case 'has_key?':
    case 'include?': {
      const found = find(first)
      return found === unknown ? unknown : boolean(found !== undefined)
    }
    case 'keys':
      return array(entries.map(([key]) => key))
    case 'values':
      return array(entries.map(([, value]) => value))
    case 'to_a':
    case 'each':
    case 'each_pair':
      return array(entries.map(([key, value]) => array([key, value])))
    case 'freeze':
    case 'to_h':
    case 'with_indifferent_access':
    case 'itself':
    case 'compact':
      return receiver
    case 'dup':
      return { type: 'hash', entries: [...entries] }
    case 'merge':
    case 'reverse_merge': {
      if (args.length !== 1 || first?.type !== 'hash' || first.entries === null)
        return { type: 'hash', entries: null }
      const [under, over] = name === 'merge' ? [entries, first.entries] : [first.entries, entries]
      const replaced = new Set(over.map(([key]) => keyOf(key)))
      return { type: 'hash', entries: [...under.filter(([key]) => !replaced.has(keyOf(key))), ...over] }
    }
    case '[]=': {
      const key = first === undefined ? null : keyOf(first)
      if (!machine.isCertain || key === null) {
        machine.forget(receiver)
        return unknown
      }
      receiver.entries = [...entries.filter(([each]) => keyOf(each) !== key), [first ?? nil, args[1] ?? nil]]
      return args[1] ?? nil
    }
    case 'size':
    case 'length':
    case 'count':
      return number(entries.length)
    case 'empty?':
    case 'blank?':
      return boolean(entries.length === 0)
    case 'any?':
    case 'present?':
      return boolean(entries.length > 0)
    case 'nil?':
      return boolean(false)
    default:
      return undefined
  }
}
