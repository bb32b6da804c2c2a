import { describe, expect, it } from 'vitest'
import { isUnsaid } from './unsaid.ts'

const migration = 'class A < ActiveRecord::Migration\n  def change\n    BODY\n  end\nend\n'
const says = (body: string, ...objects: readonly string[]): boolean =>
  isUnsaid(new Set(objects), [migration.replace('BODY', body)])

describe('what differs in a week and is named by no migration of it', () => {
  it('is told by its table, a column by its own name, too', () => {
    expect(says('add_column :orders, :state, :string', '-column carts.note')).toBe(true)
    expect(says('add_column :orders, :state, :string', '-column orders.note', '+index carts.i')).toBe(true)
    expect(says('add_column :orders, :state, :string', '-column orders.state')).toBe(false)
    expect(says('add_column :orders, :state, :string', '-column carts.note', '+table orders')).toBe(false)
  })

  it.each([
    ['a reference', 'add_reference :orders, :shop', '-column orders.shop_id'],
    ['time stamps', 'change_table(:orders) { |t| t.timestamps }', '+column orders.updated_at'],
    ['its model', 'Spree::Category.find_each(&:save)', '-index spree_categories.i'],
    ['its table alone, of an index', 'add_index :orders, :state', '-index orders.index_orders_on_state'],
    ['all tables at once', 'tables.each { |t| add_column t, 1 }', '-column carts.note'],
    ['a name that is put together', 'send(name, 1)', '-column carts.note'],
    ['a key', 'change_column :orders, :x, :bigint', '-column orders.id'],
  ])('counts as named by %s', (_, body, object) => {
    expect(says(body, object)).toBe(false)
  })

  it('is nothing where nothing differs', () => {
    expect(isUnsaid(new Set(), ['x'])).toBe(false)
  })

  it('is not named by a comment', () => {
    expect(says('# carts has a note\n    add_column :orders, :state, :string', '-column carts.note')).toBe(
      true,
    )
  })
})
