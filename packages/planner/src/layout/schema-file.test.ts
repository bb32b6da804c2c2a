import { describe, expect, it } from 'vitest'

import { mergeSchemaFiles } from './schema-file.ts'

const schema = (version: string, columns: string): string => `# made by Rails
ActiveRecord::Schema[7.1].define(version: ${version}) do
  create_table "orders", force: :cascade do |t|
    t.string "note", limit: 20
${columns}  end
end
`
const base = schema('2026_01_01_000000', '')

describe('the schema file of a batch', () => {
  it('has the work of one more ticket after each of them, under the versions of the batch', async () => {
    const files = await mergeSchemaFiles(base, [
      {
        ticket: 'b',
        before: base,
        after: schema('2026_01_09_000000', '    t.string "b"\n'),
        version: '20260201000000',
      },
      {
        ticket: 'a',
        before: base,
        after: schema('2026_01_02_000000', '    t.string "a"\n'),
        version: '20260201000001',
      },
    ])

    // The older branch runs last here, so that its column is the last one.
    expect(files).toEqual({
      outcome: 'merged',
      texts: [
        { ticket: 'b', text: schema('2026_02_01_000000', '    t.string "b"\n') },
        { ticket: 'a', text: schema('2026_02_01_000001', '    t.string "b"\n    t.string "a"\n') },
      ],
    })
  })

  it('is not written where that cannot be shown', async () => {
    const changed = (text: string) => ({ before: base, after: base.replace('limit: 20', text) })

    expect(
      await mergeSchemaFiles(base, [
        { ticket: 'a', ...changed('limit: 30'), version: '20260201000000' },
        { ticket: 'b', ...changed('limit: 40'), version: '20260201000001' },
      ]),
    ).toMatchObject({ outcome: 'refused', ticket: 'b' })
  })
})
