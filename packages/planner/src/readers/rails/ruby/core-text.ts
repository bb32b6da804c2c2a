import { pluralize, singularize, underscore } from '../schema/inflector.ts'
import { textOf } from './literals.ts'
import type { Call, Machine } from './machine.ts'
import { array, boolean, keyOf, nameIn, number, symbol, text, unknown, type Value } from './value.ts'

const transforms: Readonly<Record<string, (given: string) => string>> = {
  squish: (given) => given.trim().replaceAll(/\s+/g, ' '),
  strip: (given) => given.trim(),
  chomp: (given) => given.replace(/\r?\n$/, ''),
  lstrip: (given) => given.trimStart(),
  rstrip: (given) => given.trimEnd(),
  upcase: (given) => given.toUpperCase(),
  downcase: (given) => given.toLowerCase(),
  capitalize: (given) => given.charAt(0).toUpperCase() + given.slice(1).toLowerCase(),
  pluralize,
  singularize,
  underscore,
  tableize: (given) => pluralize(underscore(given)),
  demodulize: (given) => given.split('::').at(-1) ?? given,
  foreign_key: (given) => `${underscore(given.split('::').at(-1) ?? given)}_id`,
  classify: (given) =>
    singularize(given).replaceAll(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
  camelize: (given) => given.replaceAll(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
  strip_heredoc: (given) => given,
  html_safe: (given) => given,
}

const same = new Set([
  'freeze',
  'dup',
  'clone',
  'itself',
  '+@',
  '-@',
  'presence',
  'html_safe',
  'force_encoding',
  'encode',
  'tap',
])
const questions: Readonly<Record<string, (given: string, other: string) => boolean>> = {
  'start_with?': (given, other) => given.startsWith(other),
  'end_with?': (given, other) => given.endsWith(other),
  'include?': (given, other) => given.includes(other),
  'starts_with?': (given, other) => given.startsWith(other),
  'ends_with?': (given, other) => given.endsWith(other),
}

/** `16.megabytes`, as Rails counts. */
const units: Readonly<Record<string, number>> = {
  byte: 1,
  bytes: 1,
  kilobyte: 2 ** 10,
  kilobytes: 2 ** 10,
  megabyte: 2 ** 20,
  megabytes: 2 ** 20,
  gigabyte: 2 ** 30,
  gigabytes: 2 ** 30,
}

/** Of a text, a symbol or a number; undefined when it is none of the known ones. */
export function callOnText(
  machine: Machine,
  receiver: Value,
  { name, args, block }: Call,
): Value | undefined {
  const given = textOf(receiver)
  if (given === null || args === null || block !== null) return undefined
  if (receiver.type === 'string') {
    const changed = change(machine, receiver, name, args)
    if (changed !== undefined) return changed
  }
  if (same.has(name)) return receiver
  if (name === 'to_s' || name === 'to_str' || name === 'name' || name === 'inspect') return text(given)
  if (name === 'to_sym' || name === 'intern') return symbol(given)
  if (name === 'to_i') return number(Math.trunc(Number.parseFloat(given)) || 0)
  if (name === 'to_f' || name === 'to_d') return number(Number.parseFloat(given) || 0, true)
  const [first, second] = args
  const other = first === undefined ? null : textOf(first)
  if (receiver.type === 'number') {
    const unit = args.length === 0 ? units[name] : undefined
    return unit === undefined ? calculate(receiver.number, name, first) : number(receiver.number * unit)
  }
  const transform = transforms[name]
  if (transform !== undefined && args.length === 0) {
    return receiver.type === 'symbol' ? symbol(transform(given)) : keepLine(receiver, transform(given))
  }
  if (name === '==' || name === '!=' || name === 'eql?') return equal(receiver, first, name)
  const question = questions[name]
  if (question !== undefined && other !== null) return boolean(question(given, other))
  if (name === '+' && first?.type === 'string')
    return keepLine(receiver, other === null ? null : given + other)
  if (name === '*' && first?.type === 'number')
    return text(given.repeat(Math.min(Math.max(first.number, 0), 1000)))
  if (name === '%') return text(format(given, first))
  if (name === 'split' && other !== null) return array(given.split(other).map((each) => text(each)))
  if (name === 'split' && args.length === 0)
    return array(
      given
        .trim()
        .split(/\s+/)
        .map((each) => text(each)),
    )
  if (name === 'lines') return array(given.split(/(?<=\n)/).map((each) => text(each)))
  if (
    (name === 'gsub' || name === 'sub' || name === 'tr') &&
    other !== null &&
    second !== undefined &&
    first?.type === 'string'
  ) {
    const by = textOf(second)
    if (by === null || name === 'tr') return text(null)
    return keepLine(
      receiver,
      name === 'gsub' ? given.replaceAll(other, () => by) : given.replace(other, () => by),
    )
  }
  if (name === 'delete_prefix' && other !== null)
    return text(given.startsWith(other) ? given.slice(other.length) : given)
  if (name === 'delete_suffix' && other !== null) {
    return text(given.endsWith(other) ? given.slice(0, given.length - other.length) : given)
  }
  if (name === 'constantize' || name === 'safe_constantize') return { type: 'constant', path: given }
  if (name === 'length' || name === 'size') return number(given.length)
  if (name === 'blank?' || name === 'empty?') return boolean(given.trim() === '')
  if (name === 'present?') return boolean(given.trim() !== '')
  if (name === 'nil?') return boolean(false)
  return undefined
}

function keepLine(receiver: Value, value: string | null): Value {
  return text(value, receiver.type === 'string' ? receiver.line : undefined)
}

const appending = new Set(['<<', 'concat', 'insert', 'prepend', 'replace', 'clear'])

/** Changes it in place; a change that is not followed, or may not have happened, leaves a text that nobody knows. */
function change(
  machine: Machine,
  receiver: Extract<Value, { type: 'string' }>,
  name: string,
  args: readonly Value[],
): Value | undefined {
  if (!appending.has(name) && !(name.endsWith('!') && name.length > 1) && name !== '[]=') return undefined
  const [first] = args
  const other = first === undefined ? null : textOf(first)
  if (!machine.isCertain || (name !== '<<' && name !== 'concat') || other === null) machine.forget(receiver)
  else receiver.text = `${receiver.text ?? ''}${other}`
  return receiver
}

export function equal(receiver: Value, other: Value | undefined, name: string): Value {
  const keys = [keyOf(receiver), other === undefined ? null : keyOf(other)]
  if (keys.includes(null)) return unknown
  return boolean((keys[0] === keys[1]) !== (name === '!='))
}

function calculate(left: number, name: string, other: Value | undefined): Value | undefined {
  if (other === undefined) {
    const alone: Readonly<Record<string, Value>> = {
      '-@': number(-left),
      'zero?': boolean(left === 0),
      'positive?': boolean(left > 0),
      'nil?': boolean(false),
      succ: number(left + 1),
      abs: number(Math.abs(left)),
    }
    // A length of time, of bytes: what it is in numbers does not matter to a schema.
    return alone[name] ?? (/^[a-z]+$/.test(name) && name !== 'times' ? unknown : undefined)
  }
  if (other.type !== 'number')
    return name === '==' || name === '!=' ? equal(number(left), other, name) : undefined
  const right = other.number
  switch (name) {
    case '+':
      return number(left + right)
    case '-':
      return number(left - right)
    case '*':
      return number(left * right)
    case '**':
      return number(left ** right)
    case '<':
      return boolean(left < right)
    case '<=':
      return boolean(left <= right)
    case '>':
      return boolean(left > right)
    case '>=':
      return boolean(left >= right)
    case '==':
      return boolean(left === right)
    case '!=':
      return boolean(left !== right)
    default:
      return undefined
  }
}

/** `%s`, `%d` and `%{name}`; anything else is not followed. */
export function format(given: string, values: Value | undefined): string | null {
  if (values?.type === 'hash') {
    let isKnown = true
    const replaced = given.replaceAll(
      /%\{(\w+)\}|%<(\w+)>s/g,
      (_all, one: string | undefined, two: string | undefined) => {
        const wanted = one ?? two ?? ''
        const value = values.entries?.find(([key]) => nameIn(key) === wanted)?.[1]
        const filled = value === undefined ? null : textOf(value)
        if (filled === null) isKnown = false
        return filled ?? ''
      },
    )
    return isKnown && !/%[^%]/.test(replaced) ? replaced : null
  }
  const list = values === undefined ? [] : values.type === 'array' ? values.items : [values]
  if (list === null || /%[^sdi%]/.test(given)) return null
  const filled = list.map((each) => textOf(each))
  let at = 0
  const replaced = given.replaceAll(/%[sdi%]/g, (all) => (all === '%%' ? '%' : (filled[at++] ?? '\0')))
  return filled.includes(null) || replaced.includes('\0') ? null : replaced
}
