import { expect, it } from 'vitest'

import { loadSmuggleFinder } from './find-smuggled.ts'
import type { ChangedText } from './signal.ts'

const models = (fields: string, more = ''): string => `from django.db import models
from django.utils.translation import gettext_lazy as _


class Stamped(models.Model):
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class OrderManager(models.Manager):
    pass


class Order(Stamped):
    class State(models.TextChoices):
        NEW = 'new', _('New')

    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    owner = models.ForeignKey('auth.User', on_delete=models.CASCADE)
${fields.replaceAll(/^/gm, '    ')}
    objects = OrderManager()

    class Meta:
        db_table = 'orders'

    def total(self):
        return 1
${more}`
const item = '\n\nclass Item(models.Model):\n    n = models.IntegerField()\n'
const note = 'note = models.TextField(null=True)'

async function find(before: string, after: string, ...operations: readonly string[]) {
  const migrations = operations.map((each, at): ChangedText => ({
    path: `shop/migrations/000${at + 2}_x.py`,
    before: null,
    after: `from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [${each}]\n`,
  }))
  const changes = [{ path: 'shop/models.py', before, after }, ...migrations]
  const finder = await loadSmuggleFinder(changes.map((each) => each.path))
  const found = finder({ changes, isFlagged: null, schemaFile: null, origins: [] })
  return { unknown: found.unknown, told: found.signals.map(({ kind, why }) => `${kind} ${why}`) }
}

it('are compared by their tables and columns: a change of them without a migration is named', async () => {
  expect((await find(models(''), models(note))).told).toEqual([
    'model_without_migration The models of Django changed (column orders.note), and no migration of it comes along.',
  ])
  expect((await find(models(''), models('', item))).told).toEqual([
    expect.stringContaining('table shop_item'),
  ])
  expect(
    (await find(models('a = models.IntegerField()'), models('a = models.IntegerField(unique=True)'))).told,
  ).toHaveLength(1)
})

it('may change what says nothing of the schema: methods, labels, the order of lines', async () => {
  const other = models('').replace("_('New')", "_('Newer')").replace('return 1', 'return 2')

  expect((await find(models(''), other)).told).toEqual([])
})

it.each([
  [note, `migrations.AddField('order', 'note', models.TextField(null=True))`],
  [
    `size = models.IntegerField(default=0)`,
    `migrations.AddField('order', 'size', models.IntegerField(default=0))`,
  ],
  [
    `m = models.ManyToManyField('shop.Order')`,
    `migrations.AddField('order', 'm', models.ManyToManyField(to='shop.order'))`,
  ],
  [
    `shop = models.ForeignKey('shops.Shop', on_delete=models.CASCADE)`,
    `migrations.AddField('order', 'shop', models.ForeignKey(to='shops.shop', on_delete=models.CASCADE))`,
  ],
])('agree with the migration that makes what they say: %s', async (field, operation) => {
  expect((await find(models(''), models(field), operation)).told).toEqual([])
})

it('do not agree with a migration that makes something else', async () => {
  const other = await find(
    models(''),
    models(note),
    `migrations.AddField('order', 'memo', models.TextField(null=True))`,
  )
  const made = `migrations.CreateModel('Item', [('id', models.BigAutoField(primary_key=True)), ('n', models.TextField())])`

  expect(other.told).toEqual([
    'model_without_migration The models of Django say something else than their migrations lead to: column orders.memo, column orders.note.',
  ])
  expect((await find(models(''), models('', item), made)).told).toEqual([
    'model_without_migration The models of Django say something else than their migrations lead to: column shop_item.n.',
  ])
  expect((await find(models(''), models('', item), made.replace('TextField', 'IntegerField'))).told).toEqual(
    [],
  )
})

it('are compared line by line where a part of them stands in another file, and never missed', async () => {
  const byLines = 'model_without_migration The models of Django changed, and no migration of it comes along.'
  for (const after of [
    models('', '\n\nclass Item(Elsewhere):\n    n = models.IntegerField()\n'),
    models('tags = TaggableManager()'),
    models('if DEBUG:\n    note = models.TextField()'),
    `${models('')}class`,
  ])
    expect((await find(models(''), after)).told).toEqual([byLines])
})

it('are not known where a migration could not be read', async () => {
  const { told, unknown } = await find(models(''), models(note), 'migrations.RunPython(elsewhere)')

  expect(told).toEqual([])
  expect(unknown).toEqual([expect.stringContaining('elsewhere is run')])
})
