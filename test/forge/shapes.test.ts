import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { type Schema, completeAnswer, openapi, operations } from '@conduct/rehearsal/forge'
import { exerciseEverything } from './exercise.ts'

/**
 * The double's answers against GitHub's published schemas. Fields that nobody reads are filled in from the schemas, so
 * what is proved here is that what the double says itself has the names and types that GitHub gives it.
 */
const ajv = new Ajv({ strict: false, validateFormats: false, allowUnionTypes: true })
ajv.addSchema(openapi, 'github')

it('has the shape and the codes that GitHub publishes, for every operation', async () => {
  const { answers } = await exerciseEverything()

  const seen = new Set<string>()
  for (const { operation, status, body } of answers) {
    if (operation === 'graphql' || status >= 300) continue
    seen.add(operation)
    const documented = openapi.operations[operation]?.answers[String(status)]
    expect(documented, `${operation} answers ${status}`).toBeDefined()
    if (documented === null) continue
    const validate = ajv.compile({ $ref: `github#/operations/${operation}/answers/${status}` })
    expect(validate(body) || [operation, validate.errors]).toBe(true)
  }
  expect([...seen].toSorted()).toEqual([...operations].toSorted())
})

it('says nothing that GitHub does not say', async () => {
  const { answers } = await exerciseEverything()
  const invented = answers.flatMap(({ operation, status, said }) => {
    const schema = openapi.operations[operation]?.answers[String(status)]
    return schema === undefined || schema === null ? [] : unknownFields(schema, said, operation)
  })

  expect([...new Set(invented)]).toEqual([])
})

it('would notice a wrong type and an invented field', () => {
  const body = completeAnswer('merge', 200, { sha: 'a'.repeat(40), merged: 'yes', message: '' })
  const validate = ajv.compile({ $ref: 'github#/operations/merge/answers/200' })
  const schema = openapi.operations['merge']?.answers['200'] ?? {}

  expect(validate(body)).toBe(false)
  expect(unknownFields(schema, { merged: true, winner: 'ana' }, 'merge')).toEqual(['merge.winner'])
})

function unknownFields(schema: Schema, said: unknown, path: string): readonly string[] {
  if (Array.isArray(said)) {
    const items = formsOf(schema).flatMap((form) => (form.items === undefined ? [] : [form.items]))
    return items.length === 0
      ? []
      : said.flatMap((item) => unknownFields({ anyOf: items }, item, `${path}[]`))
  }
  if (typeof said !== 'object' || said === null) return []
  const forms = formsOf(schema).flatMap((form) => Object.entries(form.properties ?? {}))
  const properties = Map.groupBy(forms, ([name]) => name)
  // A schema without properties takes any.
  if (properties.size === 0) return []
  return Object.entries(said).flatMap(([name, value]) => {
    const known = properties.get(name)?.map(([, property]) => property)
    return known === undefined
      ? [`${path}.${name}`]
      : unknownFields({ anyOf: known }, value, `${path}.${name}`)
  })
}

function formsOf(schema: Schema): readonly Schema[] {
  const target = schema.$ref === undefined ? schema : openapi.$defs[schema.$ref.replace('#/$defs/', '')]
  if (target === undefined) return []
  return [target, ...[...(target.anyOf ?? []), ...(target.allOf ?? [])].flatMap((form) => formsOf(form))]
}
