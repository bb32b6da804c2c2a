import { beforeAll, describe, expect, it } from 'vitest'

import { loadSchemaMerger, type MergeSchemas, type SchemaMerge } from './merge-schema.ts'

let merge: MergeSchemas
beforeAll(async () => {
  merge = await loadSchemaMerger()
})

const orders = (inside = ''): string => `  create_table "orders", force: :cascade do |t|
    t.string "state", default: "new"
    t.bigint "shop_id", null: false
    t.datetime "created_at", null: false
${inside}    t.index ["shop_id"], name: "index_orders_on_shop_id"
  end
`
const shops = `  create_table "shops", force: :cascade do |t|
    t.string "name", limit: 80
  end
`
const key = '  add_foreign_key "orders", "shops"\n'

const schema = (
  version: string,
  tables: readonly string[],
  { head = 'Schema[7.1]', foot = key, top = '' } = {},
): string =>
  `# Dumped by Rails.\n\nActiveRecord::${head}.define(version: ${version}) do\n${top}${tables.join('\n')}\n${foot}end\n`

const base = schema('2026_01_01_000000', [orders(), shops])
const problemsOf = (merged: SchemaMerge): readonly string[] =>
  merged.outcome === 'refused'
    ? merged.problems.map(({ side, line, problem }) => `${side}:${line} ${problem}`)
    : ['merged']

describe('two versions of a schema.rb', () => {
  it('become one with the changes of both, the highest version, and every other byte as it was', () => {
    const ours = schema('2026_02_01_000000', [orders('    t.text "note"\n'), shops])
    const carts = '  create_table "carts", force: :cascade do |t|\n    t.bigint "order_id"\n  end\n'
    const theirs = schema(
      '2026_03_01_000000',
      [
        carts,
        orders(
          '    t.integer "size", default: 0\n    t.index ["created_at"], name: "index_orders_on_created_at"\n',
        ),
        shops.replace('limit: 80', 'limit: 200'),
      ],
      { foot: `  add_foreign_key "carts", "orders"\n${key}` },
    )

    expect(merge({ base, ours, theirs })).toEqual({
      outcome: 'merged',
      version: '2026_03_01_000000',
      ours: ['adds column orders.note'],
      theirs: [
        'changes column shops.name',
        'adds table carts',
        'adds column orders.size',
        'adds index index_orders_on_created_at',
      ],
      text: schema(
        '2026_03_01_000000',
        [
          carts,
          orders(
            '    t.text "note"\n    t.integer "size", default: 0\n    t.index ["created_at"], name: "index_orders_on_created_at"\n',
          ),
          shops.replace('limit: 80', 'limit: 200'),
        ],
        { foot: `  add_foreign_key "carts", "orders"\n${key}` },
      ),
    })
  })

  it('add at the end of a table in the order of their versions, and keep a renamed column in its place', () => {
    const ours = schema('2026_03_01_000000', [orders('    t.text "later"\n'), shops])
    const theirs = schema('2026_02_01_000000', [
      orders('    t.text "sooner"\n').replace('"state"', '"status"'),
      shops,
    ])

    const merged = merge({ base, ours, theirs })

    const columns = merged.outcome === 'merged' ? merged.text.match(/(?<=t\.\w+ ")\w+/g) : []
    expect(columns).toEqual(['status', 'shop_id', 'created_at', 'sooner', 'later', 'name'])
  })

  it('sort their columns where Rails does: from 8.1 on', () => {
    const head = 'Schema[8.1]'
    const table = (...names: readonly string[]): string =>
      `  create_table "a", force: :cascade do |t|\n${names.map((name) => `    t.text "${name}"\n`).join('')}  end\n`
    const of = (version: string, ...names: readonly string[]): string =>
      schema(version, [table(...names)], { head, foot: '' })

    const merged = merge({
      base: of('2026_01_01_000000', 'b', 'd'),
      ours: of('2026_03_01_000000', 'b', 'c', 'd'),
      theirs: of('2026_02_01_000000', 'a', 'b', 'd'),
    })

    expect(merged).toMatchObject({ text: of('2026_03_01_000000', 'a', 'b', 'c', 'd') })
  })

  it('list all versions where they are listed (Rails 8.2)', () => {
    const of = (column: string, versions: readonly string[]): string =>
      `ActiveRecord::Schema[8.2].define do\n  create_table "a", force: :cascade do |t|\n${column}  end\nend\n\nActiveRecord::Schema.load_schema_migrations(__FILE__)\n__END__\n${versions.map((each) => `${each}\n`).join('')}`

    const merged = merge({
      base: of('', ['20260101000001', '20260101000002']),
      ours: of('    t.text "x"\n', ['20260101000001', '20260301000001', '20260101000002']),
      theirs: of('    t.text "a"\n', ['20260201000000', '20260101000001', '20260101000002']),
    })

    expect(merged).toMatchObject({
      version: '20260301000001',
      text: of('    t.text "a"\n    t.text "x"\n', [
        '20260201000000',
        '20260101000001',
        '20260301000001',
        '20260101000002',
      ]),
    })
  })

  it('keep the layout of before 5.1, where options stand below each other', () => {
    const of = (version: string, columns: string): string =>
      `ActiveRecord::Schema.define(version: ${version}) do\n\n  create_table "people", force: true do |t|\n${columns}  end\n\n  add_index "people", ["name"], name: "by_name"\n\nend\n`
    const merged = merge({
      base: of('20150101000000', '    t.string   "name",  limit: 40\n    t.datetime "since"\n'),
      ours: of(
        '20150201000000',
        '    t.string   "name",  limit: 40\n    t.datetime "since"\n    t.text     "remark",           null: false\n',
      ),
      theirs: of(
        '20150301000000',
        '    t.string   "name",  limit: 40\n    t.datetime "since"\n    t.integer  "age",   limit: 8\n',
      ),
    })

    expect(merged).toMatchObject({
      text: of(
        '20150301000000',
        '    t.string   "name",   limit: 40\n    t.datetime "since"\n    t.text     "remark",            null: false\n    t.integer  "age",    limit: 8\n',
      ),
    })
  })

  it('may change different things of one column, when they do not disturb each other', () => {
    const of = (state: string): string => base.replace('t.string "state", default: "new"', state)

    expect(
      merge({
        base,
        ours: of('t.string "state", default: "open"'),
        theirs: of('t.string "state", default: "new", null: false'),
      }),
    ).toMatchObject({ text: of('t.string "state", default: "open", null: false') })
    expect(
      problemsOf(merge({ base, ours: of('t.text "state", default: "new"'), theirs: of('t.string "state"') })),
    ).toEqual(['merged:null both sides change column orders.state'])
  })

  it('keep their line ends', () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
    const ours = schema('2026_02_01_000000', [orders('    t.text "note"\n'), shops])
    const theirs = schema('2026_03_01_000000', [orders('    t.text "size"\n'), shops])
    const merged = merge({ base, ours, theirs })

    const text = merged.outcome === 'merged' ? merged.text : ''
    expect(text).toContain('"size"\n')
    expect(merge({ base: crlf(base), ours: crlf(ours), theirs: crlf(theirs) })).toMatchObject({
      text: crlf(text),
    })
    expect(merge({ base, ours: crlf(ours), theirs })).toMatchObject({ text: crlf(text) })
    expect(problemsOf(merge({ base, ours: ours.replace('\n', '\r\n'), theirs }))).toEqual([
      'ours:null some of its lines end with CRLF and some with LF',
    ])
  })

  it('may do the same thing twice', () => {
    const both = schema('2026_02_01_000000', [orders('    t.text "note"\n'), shops])
    expect(merge({ base, ours: both, theirs: both.replace('2026_02', '2026_03') })).toMatchObject({
      outcome: 'merged',
      text: both.replace('2026_02', '2026_03'),
    })
  })
})

describe('a merge is refused', () => {
  const view = '  create_view "news", sql_definition: <<-SQL\n      SELECT {{ state }}\n  SQL\n'
  const withNote = schema('2026_03_01_000000', [orders('    t.text "note"\n'), shops])
  const cases: Readonly<Record<string, readonly [ours: string, theirs: string, problem: RegExp]>> = {
    'where both add a table, differently': [
      schema('2', [
        '  create_table "carts", force: :cascade do |t|\n    t.text "a"\n  end\n',
        orders(),
        shops,
      ]),
      schema('3', [
        '  create_table "carts", force: :cascade do |t|\n    t.text "b"\n  end\n',
        orders(),
        shops,
      ]),
      /^theirs:\d+ both sides add table carts, and not the same$/,
    ],
    'where one drops the table that the other changes': [
      schema('2', [shops], { foot: '' }),
      withNote,
      /^theirs:4 one side removes table orders, and the other changes it$/,
    ],
    'where one drops the column that the other indexes': [
      base.replace('    t.datetime "created_at", null: false\n', ''),
      base.replace(
        '    t.index ["shop_id"]',
        '    t.index ["created_at"], name: "i"\n    t.index ["shop_id"]',
      ),
      /^merged:null column orders\.created_at does not exist$/,
    ],
    'where one drops the table that the other refers to': [
      schema('2', [orders()], { foot: '' }),
      schema(
        '3',
        ['  create_table "carts", force: :cascade do |t|\n    t.bigint "shop_id"\n  end\n', orders(), shops],
        { foot: `  add_foreign_key "carts", "shops"\n${key}` },
      ),
      /^merged:null table shops does not exist$/,
    ],
    'where both change a column': [
      base.replace('limit: 80', 'limit: 90'),
      base.replace('limit: 80', 'limit: 100'),
      /^theirs:\d+ both sides change column name, and not to the same$/,
    ],
    'where one gives a column another type, and the other builds on it': [
      base.replace('t.bigint "shop_id"', 't.text "shop_id"').replace(key, ''),
      base.replace(key, '  add_foreign_key "orders", "shops", on_delete: :cascade\n'),
      /one side removes foreign key orders shops /,
    ],
    'where one name is given to two indexes': [
      base.replace(
        '    t.index ["shop_id"]',
        '    t.index ["created_at"], name: "i"\n    t.index ["shop_id"]',
      ),
      base.replace('limit: 80\n', 'limit: 80\n    t.index ["name"], name: "i"\n'),
      /^merged:null both sides add index i, and not the same$/,
    ],
    'of Ruby that decides something': [
      withNote,
      base.replace(key, `  if ENV["KEYS"]\n  ${key}  end\n`),
      /^theirs:\d+ Rails dumps no such thing: if ENV\["KEYS"\]$/,
    ],
    'of Ruby that is computed': [
      base.replace('"note"', '"note"').replace('limit: 80', 'limit: MAX'),
      withNote,
      /^ours:\d+ it is not spelled out: t\.string "name", limit: MAX$/,
    ],
    'of what is left of an earlier merge': [
      withNote.replace(key, `<<<<<<< ours\n${key}=======\n>>>>>>> theirs\n`),
      base,
      /^ours:16 a conflict of an earlier merge is not resolved$/,
    ],
    'of what is no Ruby': [
      withNote,
      'ActiveRecord::Schema.define(version: 1) do',
      /^theirs:1 it is not Ruby: /,
    ],
    'of nothing': ['', withNote, /^ours:1 no schema is defined here$/],
    'of two statements in one line': [
      base.replace(key, `  add_foreign_key "orders", "shops"; drop_table "x"\n`),
      withNote,
      /^ours:\d+ two statements share a line$/,
    ],
    'of one thing that is there twice': [base.replace(key, key + key), withNote, /is there twice$/],
    'of a view that may stand on what is dropped': [
      schema('2', [orders().replace('    t.string "state", default: "new"\n', ''), shops], { foot: view }),
      schema('3', [orders('    t.text "note"\n'), shops], { foot: view }),
      /^base:\d+ create_view news is not read, and may stand on column orders\.state, which one side removes$/,
    ],
  }

  it.each(Object.entries(cases))('%s', (name, [ours, theirs, problem]) => {
    const from = name.includes('view') ? schema('1', [orders(), shops], { foot: view }) : base
    expect(problemsOf(merge({ base: from, ours, theirs })).join('\n')).toMatch(problem)
  })

  it('but not of a view that nothing is taken from', () => {
    const of = (version: string, note: string): string =>
      schema(version, [orders(note), shops], { foot: view })
    expect(
      merge({ base: of('1', ''), ours: of('2', '    t.text "a"\n'), theirs: of('3', '    t.text "b"\n') }),
    ).toMatchObject({ text: of('3', '    t.text "a"\n    t.text "b"\n') })
  })
})
