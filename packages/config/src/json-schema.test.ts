import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { generateJsonSchema } from './index.ts'

it('is committed as it is generated (UPDATE_SCHEMA=1 writes it again)', async () => {
  const path = new URL('../lanes.schema.json', import.meta.url)
  const generated = `${JSON.stringify(generateJsonSchema(), null, 2)}\n`
  if (process.env['UPDATE_SCHEMA'] === '1') {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(path, generated)
  }

  expect(readFileSync(path, 'utf8')).toBe(generated)
})

it('knows the keys, forbids others and carries a description for editors', () => {
  const schema = generateJsonSchema()

  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['version', 'estate', 'people', 'repos', 'lanes'],
    properties: { version: { const: 1 }, estate: { description: expect.stringContaining('default store') } },
  })
})
