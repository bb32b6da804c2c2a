import type { Schema, SchemaObject } from '../../../schema/schema.ts'
import type { Call, Machine } from '../ruby/machine.ts'
import { boolean, nameIn, namesIn, unknown, type Value } from '../ruby/value.ts'
import { readGiven, type Given } from './given.ts'

/**
 * What the database answers, where the caller knows the schema at this place: a path that is not certain, or a question in other words,
 * has both answers.
 */
export function answerOf(machine: Machine, call: Call): Value {
  const answer = answers[call.name]
  if (answer === undefined || machine.stateAfter === null || !machine.isCertain) return unknown
  const given = readGiven(call)
  const schema = machine.stateAfter(machine.operations)
  if (given === null || !given.areOptionsKnown || schema?.isComplete !== true) return unknown
  const found = answer(schema, given)
  return found === null ? unknown : boolean(found)
}

/** @returns null for a question that is not understood. */
type Answer = (schema: Schema, given: Given) => boolean | null

const answers: Readonly<Record<string, Answer>> = {
  'table_exists?': isThere((table) => [`table ${table}`]),
  'data_source_exists?': isThere((name) => [`table ${name}`, `view ${name}`]),
  'view_exists?': isThere((name) => [`view ${name}`]),
  'column_exists?': (schema, { values, options }) => {
    const [table, column] = values.map((each) => nameIn(each))
    if (table == null || column == null || values.length > 2 || options.size > 0) return null
    return schema.objects.has(`column ${table}.${column}`)
  },
  'index_exists?': (schema, { values, options }) => {
    const table = nameIn(values[0])
    const columns = namesIn(values[1])
    const name = nameIn(options.get('name'))
    const isPlain = options.size === (name === null ? 0 : 1)
    if (table === null || columns === null || values.length > 2 || !isPlain) return null
    return indexesOf(schema, table).some(
      (each) => each.columns?.join() === columns.join() && (name === null || isNamed(each, table, name)),
    )
  },
  'index_name_exists?': (schema, { values }) => {
    const [table, name] = values.map((each) => nameIn(each))
    if (table == null || name == null) return null
    return indexesOf(schema, table).some((each) => isNamed(each, table, name))
  },
  'foreign_key_exists?': (schema, { values, options }) => {
    const [table, to] = values.map((each) => nameIn(each))
    const column = nameIn(options.get('column'))
    if (table == null || options.size > (column === null ? 0 : 1) || (to == null && column === null))
      return null
    return [...schema.objects.values()].some(
      (each) =>
        each?.table === table &&
        each.value['constraint'] === 'foreign_key' &&
        (to == null || each.value['references'] === to) &&
        (column === null || each.columns?.join() === column),
    )
  },
}

function isThere(keysOf: (name: string) => readonly string[]): Answer {
  return (schema, { values }) => {
    const name = nameIn(values[0])
    if (name === null || values.length !== 1) return null
    return keysOf(name).some((key) => schema.objects.get(key) != null)
  }
}

function indexesOf({ objects }: Schema, table: string): readonly SchemaObject[] {
  return [...objects.values()].filter(
    (each): each is SchemaObject =>
      each?.kind === 'index' && each.table === table && each.value['ofConstraint'] !== true,
  )
}

function isNamed({ path }: SchemaObject, table: string, name: string): boolean {
  return path[0] === name || path[0] === `${table}.${name}`
}
