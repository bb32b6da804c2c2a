import { describe, expect, it } from 'vitest'

import type { Operation } from '../../model/operation.ts'
import { applyOperations } from '../../schema/apply.ts'
import { openSchema, schemaLines } from '../../schema/schema.ts'
import { loadMigrationReader } from '../read-migrations.ts'
import { loadSqlReader } from '../sql/read-sql.ts'
import { loadDjangoReader } from './read-django.ts'
import { DjangoState } from './state.ts'

const sql = await loadSqlReader()
const reader = await loadDjangoReader(sql)

const imports = 'from django.db import migrations, models\nimport django.db.models.deletion\n'

function migration(operations: string, { before = '', after = '', inside = '' } = {}): string {
  return `${imports}${before}\n\nclass Migration(migrations.Migration):\n    dependencies = []\n${inside}\n    operations = ${operations}\n${after}`
}

function read(text: string, state = new DjangoState()): readonly Operation[] {
  return reader.readMigration({ file: 'shop/migrations/0002_x.py', text }, state).operations
}

const made = `[
    migrations.CreateModel(
        name='Customer',
        fields=[('id', models.BigAutoField(primary_key=True)), ('email', models.EmailField(unique=True))],
    ),
    migrations.CreateModel(
        name='Order',
        fields=[
            ('id', models.BigAutoField(primary_key=True)),
            ('state', models.CharField(max_length=20, default='new')),
            ('total', models.DecimalField(max_digits=10, decimal_places=2, null=True)),
            ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='shop.customer')),
        ],
        options={'db_table': 'orders', 'unique_together': {('customer', 'state')}},
    ),
]`

function known(): DjangoState {
  const state = new DjangoState()
  read(migration(made), state)
  return state
}

describe('a model', () => {
  it('is a table with its columns, its keys and its indexes', () => {
    const found = read(migration(made))

    expect(found.map((each) => each.kind)).toEqual([
      'create_table',
      'add_constraint',
      'create_index',
      'create_table',
      'add_foreign_key',
      'create_index',
      'add_constraint',
    ])
    expect(found[3]).toMatchObject({
      table: 'orders',
      primaryKey: ['id'],
      confidence: 'exact',
      columns: [
        { name: 'id', type: 'bigint', nullable: false, generated: 'identity' },
        { name: 'state', type: 'varchar(20)', nullable: false },
        { name: 'total', type: 'numeric(10,2)', nullable: true },
        { name: 'customer_id', type: 'bigint', nullable: false },
      ],
      place: { file: 'shop/migrations/0002_x.py', line: 13 },
    })
    expect(found[4]).toMatchObject({
      references: 'shop_customer',
      columns: ['customer_id'],
      confidence: 'exact',
    })
  })

  it.each([
    [
      "migrations.AddField('order', 'note', models.TextField(default=''))",
      [
        { kind: 'add_column', table: 'orders', column: { name: 'note', type: 'text', nullable: false } },
        { kind: 'set_default', default: null },
      ],
    ],
    ["migrations.RemoveField('order', 'customer')", [{ kind: 'drop_column', column: 'customer_id' }]],
    [
      "migrations.RenameField('order', 'customer', 'buyer')",
      [{ kind: 'rename_column', column: 'customer_id', to: 'buyer_id' }],
    ],
    [
      "migrations.AlterField('order', 'state', models.CharField(max_length=40, null=True, db_index=True))",
      [
        { kind: 'change_type', column: 'state', type: 'varchar(40)' },
        { kind: 'set_nullable', nullable: true },
        { kind: 'create_index', columns: ['state'] },
        { kind: 'create_index', elements: ['state varchar_pattern_ops'] },
      ],
    ],
    ["migrations.AlterField('order', 'state', models.CharField(max_length=20, help_text='x'))", []],
    [
      "migrations.AlterUniqueTogether('order', set())",
      [{ kind: 'drop_constraint', columns: ['customer_id', 'state'] }],
    ],
    [
      "migrations.RenameModel('customer', 'Buyer')",
      [{ kind: 'rename_table', table: 'shop_customer', to: 'shop_buyer' }],
    ],
    ["migrations.DeleteModel('Order')", [{ kind: 'drop_table', table: 'orders' }]],
    [
      "migrations.AddIndex('order', models.Index(fields=['-state', 'customer'], name='by_state'))",
      [{ kind: 'create_index', name: 'by_state', elements: ['state desc', 'customer_id'] }],
    ],
    [
      "migrations.AddConstraint('order', models.UniqueConstraint(fields=['customer'], name='one'))",
      [{ kind: 'add_constraint', constraint: 'unique', name: 'one', columns: ['customer_id'] }],
    ],
    ["migrations.AlterModelOptions('order', {'ordering': ['id']})", []],
    [
      "migrations.RunSQL('ALTER TABLE orders ADD COLUMN x int', reverse_sql='SELECT 1')",
      [{ kind: 'add_column', table: 'orders' }],
    ],
    ['migrations.RunPython(migrations.RunPython.noop)', []],
    [
      "migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL('DROP TABLE orders')], state_operations=[migrations.DeleteModel('Order')])",
      [{ kind: 'drop_table', table: 'orders' }],
    ],
    [
      "migrations.AddField('order', 'tags', models.ManyToManyField(to='shop.Customer'))",
      [
        { kind: 'create_table', table: 'orders_tags' },
        { kind: 'add_foreign_key', references: 'orders' },
        { kind: 'create_index' },
        { kind: 'add_foreign_key', references: 'shop_customer' },
        { kind: 'create_index' },
        { kind: 'add_constraint', columns: ['order_id', 'customer_id'] },
      ],
    ],
  ])('%s', (operation, expected) => {
    expect(read(migration(`[${operation}]`), known())).toMatchObject(expected)
  })
})

/** A change of orders, and what must be found of it, or something opaque that may be it. */
const change = "migrations.RunSQL('ALTER TABLE orders DROP COLUMN state')"

function isFound(text: string): boolean {
  return read(text, known()).some(
    (each) =>
      (each.kind === 'drop_column' && each.table === 'orders') ||
      (each.kind === 'opaque' && (each.touches === 'anything' || each.touches.includes('orders'))),
  )
}

const hidden: Readonly<Record<string, string>> = {
  'in the list': migration(`[${change}]`),
  'in a tuple': migration(`(${change},)`),
  'under another name': migration('[Op(SQL)]', {
    before: "Op = migrations.RunSQL\nSQL = 'ALTER TABLE orders ' + 'DROP COLUMN state'",
  }),
  'in a list of the file': migration('STEPS', { before: `STEPS = [${change}]` }),
  'in a list that is spread': migration('[*STEPS]', { before: `STEPS = [${change}]` }),
  'in lists that are added': migration(`[] + [${change}]`),
  'added later': migration('[]', { after: `    operations += [${change}]` }),
  'appended later': migration('[]', { after: `    operations.append(${change})` }),
  'appended to a list of the file': migration('STEPS', { before: `STEPS = []\nSTEPS.append(${change})` }),
  'appended from outside': migration('[]', { after: `\nMigration.operations.append(${change})` }),
  'set from outside': migration('[]', { after: `\nsetattr(Migration, 'operations', [${change}])` }),
  'in a comprehension': migration(`[${change} for _ in range(1)]`),
  'in a comprehension with names': migration(
    "[migrations.RunSQL(f'ALTER TABLE {t} DROP COLUMN state') for t in ['orders']]",
  ),
  'in a conditional': migration(`[${change}] if DEBUG else []`),
  'in a condition that is known': migration(`[${change}] if 1 else []`),
  'in an if of the class': migration('[]', { after: `    if True:\n        operations = [${change}]` }),
  'in an if of the file': `${imports}if True:\n    class Migration(migrations.Migration):\n        operations = [${change}]\n`,
  'in a loop of the class': migration('[]', {
    after: `    for x in [1]:\n        operations += [${change}]`,
  }),
  'in a try': `${imports}try:\n    from x import y\nexcept ImportError:\n    class Migration(migrations.Migration):\n        operations = [${change}]\n`,
  'in a helper': migration('[step()]', { before: `def step():\n    return ${change}\n` }),
  'in a helper for all': migration('steps()', { before: `def steps():\n    return [${change}]\n` }),
  'in a property': `${imports}class Migration(migrations.Migration):\n    @property\n    def operations(self):\n        return [${change}]\n`,
  'in the way it is applied': migration('[]', {
    inside:
      '    def apply(self, state, editor, fake=False):\n        editor.execute("ALTER TABLE orders DROP COLUMN state")\n',
  }),
  'in a class of its own': migration('[Step()]', {
    before:
      'class Step(migrations.RunSQL):\n    def __init__(self):\n        super().__init__("ALTER TABLE orders DROP COLUMN state")\n',
  }),
  'in a base class': `${imports}class Base(migrations.Migration):\n    operations = [${change}]\n\nclass Migration(Base):\n    pass\n`,
  'in another file': 'from .other import Migration\n',
  'in another file with everything': 'from .other import *\n',
  'in a decorator': migration('[]').replace('class Migration', '@changed\nclass Migration'),
  'in a second class': `${migration(`[${change}]`)}\n\nclass Migration(migrations.Migration):\n    operations = []\n`,
  'in code that is run': migration('[migrations.RunPython(forwards)]', {
    before:
      'def forwards(apps, schema_editor):\n    schema_editor.execute("ALTER TABLE orders DROP COLUMN state")\n',
  }),
  'in code through a cursor': migration('[migrations.RunPython(forwards)]', {
    before:
      'from django.db import connection\ndef forwards(apps, schema_editor):\n    with connection.cursor() as c:\n        c.execute("x")\n',
  }),
  'in code that calls a helper': migration('[migrations.RunPython(forwards)]', {
    before:
      'def helper(e):\n    e.execute("x")\ndef forwards(apps, schema_editor):\n    helper(schema_editor)\n',
  }),
  'in code of another file': migration('[migrations.RunPython(forwards)]', {
    before: 'from .code import forwards',
  }),
  'in code that hands on to another file': migration('[migrations.RunPython(forwards)]', {
    before: 'from .code import go\ndef forwards(apps, schema_editor):\n    go(apps)\n',
  }),
  'in a lambda': migration('[migrations.RunPython(lambda apps, e: e.execute("x"))]'),
  'in an import inside code': migration('[migrations.RunPython(forwards)]', {
    before: 'def forwards(apps, schema_editor):\n    from .code import go\n    go()\n',
  }),
  'in SQL of a file': migration('[migrations.RunSQL(open("x.sql").read())]'),
  'in SQL with parameters': migration(
    "[migrations.RunSQL([('ALTER TABLE %s DROP COLUMN state', ['orders'])])]",
  ),
  'in SQL that is put together': migration(
    "[migrations.RunSQL('ALTER TABLE {} DROP COLUMN state'.format('orders'))]",
  ),
  'in several statements': migration(
    "[migrations.RunSQL(['SELECT 1', 'ALTER TABLE orders DROP COLUMN state'])]",
  ),
  'with keywords that are spread': migration('[migrations.RemoveField(**REST)]', {
    before: "REST = {'model_name': 'order', 'name': 'state'}",
  }),
  'with keywords that nobody knows': migration('[migrations.RemoveField(**rest())]', {
    before: 'from x import rest',
  }),
  'with a name that nobody knows': migration('[migrations.RemoveField(model_name=NAME, name="state")]', {
    before: 'from x import NAME',
  }),
  'with a field that nobody knows': migration("[migrations.RemoveField('order', FIELD)]", {
    before: 'from x import FIELD',
  }),
  'by an operation of a library': migration('[other.Change()]', { before: 'import other' }),
  'by a name that is assigned twice': migration('[Op("ALTER TABLE orders DROP COLUMN state")]', {
    before: 'Op = print\nOp = migrations.RunSQL',
  }),
  'when the file is loaded': migration('[]', { before: 'from x import run\nrun()' }),
  'when a value of the file is made': migration('[]', { before: 'from x import run\nX = run()' }),
  'when a class of the file is made': migration('[]', {
    before: 'from x import run\nclass X:\n    y = run()\n',
  }),
  'behind what is not Python': migration(`[${change}`),
}

it('finds a change wherever it is hidden, or says that something is opaque', () => {
  const missed = Object.entries(hidden).flatMap(([name, text]) => (isFound(text) ? [] : [name]))

  expect(missed).toEqual([])
})

it('would notice what is missed', () => {
  expect(isFound(migration('[]'))).toBe(false)
  expect(isFound(migration(`[migrations.RunPython(migrations.RunPython.noop)]  # ${change}`))).toBe(false)
  expect(
    isFound(
      migration('[migrations.RunPython(forwards)]', {
        before:
          "def forwards(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n    for each in Order.objects.using(schema_editor.connection.alias).all():\n        each.save(update_fields=['state'])\n",
      }),
    ),
  ).toBe(false)
})

it('finds the tables whose rows are changed by code', () => {
  const before =
    "def forwards(apps, schema_editor):\n    apps.get_model('shop', 'Order').objects.update(state='x')\n"

  expect(read(migration('[migrations.RunPython(forwards)]', { before }), known())).toMatchObject([
    { kind: 'data', writes: ['orders'], confidence: 'dynamic' },
  ])
})

it('reads the files of an app after those that they depend on, and a ticket after the base', async () => {
  const file = (path: string, text: string) => ({ path, text, kind: 'added' as const })
  const dependent = migration(made).replace('dependencies = []', "dependencies = [('zoo', '0009_last')]")
  const base = [
    file('shop/migrations/0001_initial.py', dependent),
    file('zoo/migrations/0009_last.py', migration('[]')),
  ]
  const ticket = [
    file('shop/migrations/0002_more.py', migration("[migrations.RemoveField('order', 'customer')]")),
  ]

  const all = await loadMigrationReader([...base, ...ticket].map((each) => each.path))
  const onBase = all.readBase(base)
  const { operations, files } = all.readTicket('a', ticket, onBase.schema)

  expect(onBase.problem).toBeNull()
  expect(onBase.files.map((each) => each.file)).toEqual([
    'zoo/migrations/0009_last.py',
    'shop/migrations/0001_initial.py',
  ])
  expect(operations).toMatchObject([{ kind: 'drop_column', table: 'orders', column: 'customer_id' }])
  expect(files).toMatchObject([{ version: '0002', scope: 'shop' }])
  const applied = applyOperations(onBase.schema, operations)
  expect(applied.outcome).toBe('applied')
  expect(schemaLines(applied.outcome === 'applied' ? applied.schema : openSchema).join('\n')).toContain(
    'column orders.customer_id is gone',
  )
})
