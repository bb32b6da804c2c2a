import type { Machine } from './machine.ts'
import { quoteName, quoteText } from './quote.ts'
import { textIn, type JsValue } from './value.ts'

/** The SQL of `raw(text, bindings)`, filled in; null when a part of it is not known. */
export function rawText(machine: Machine, [given, ...bindings]: readonly JsValue[]): string | null {
  const text = textIn(given)
  const [first] = bindings
  if (text === null || first === undefined) return text
  const values = first.type === 'list' ? first.items : first.type === 'object' ? null : bindings
  if (values === null) return /(^|[^:]):\w/.test(text) ? null : text
  const waiting = [...values]
  let isKnown = true
  const filled = text.replaceAll(/\\\?|\?\??/g, (mark) => {
    if (mark.startsWith('\\')) return '?'
    const value = waiting.shift()
    if (value?.type === 'raw') machine.takeBack(value.operations)
    const own = value === undefined ? null : mark === '??' ? nameIn(value) : valueIn(value)
    isKnown &&= own !== null
    return own ?? ''
  })
  return isKnown ? filled : null
}

function nameIn(value: JsValue): string | null {
  const name = textIn(value)
  return name === null ? null : quoteName(name)
}

function valueIn(value: JsValue): string | null {
  switch (value.type) {
    case 'text':
      return quoteText(value.text)
    case 'number':
      return String(value.number)
    case 'boolean':
      return String(value.isTrue)
    case 'null':
      return 'null'
    case 'raw':
      return value.text
    case 'column':
    case 'foreign':
    case 'function':
    case 'knex':
    case 'list':
    case 'module':
    case 'object':
    case 'query':
    case 'schema':
    case 'table':
    case 'tainted':
    case 'unknown':
    default:
      return null
  }
}
