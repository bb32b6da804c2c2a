/** Migrations of every kind that Rails 6.1 knows, in the versions whose meanings differ. */
export const railsMigrations: Readonly<Record<string, string>> = {
  '20260101000001_create_first.rb': `
class CreateFirst < ActiveRecord::Migration[6.1]
  def change
    enable_extension "citext"
    create_table :shops do |t|
      t.string :name, null: false, limit: 80
      t.citext :slug
      t.boolean :open, default: true, null: false
      t.decimal :fee, precision: 8, scale: 2, default: "0.0"
      t.integer :small, limit: 2, default: 3
      t.bigint :big
      t.float :ratio
      t.date :since
      t.time :opens
      t.datetime :checked_at
      t.datetime :exact_at, precision: 6
      t.binary :logo
      t.jsonb :settings, default: {}, null: false
      t.json :raw
      t.uuid :token, default: -> { "gen_random_uuid()" }
      t.inet :address
      t.string :tags, array: true, default: []
      t.integer :numbers, array: true
      t.column :kind, "character varying(10)"
      t.timestamps
      t.index :slug, unique: true
      t.index [:name, :open], order: { name: :desc }
    end
    create_table :orders, id: :uuid do |t|
      t.references :shop, null: false, foreign_key: true
      t.references :owner, polymorphic: true
      t.belongs_to :parent, type: :uuid, index: false, foreign_key: { to_table: :orders, on_delete: :cascade }
      t.string :state, default: "new"
      t.check_constraint "state <> 'x'", name: "state_known"
    end
    create_table :codes, primary_key: :code, id: :string do |t|
      t.text :note, comment: "free text"
    end
    create_table :pairs, primary_key: [:a, :b], comment: "two by two" do |t|
      t.integer :a, null: false
      t.integer :b, null: false
    end
    create_table(:bare, id: false) { |t| t.text :x }
    create_join_table :shops, :codes
  end
end`,
  '20260101000002_create_old.rb': `
class CreateOld < ActiveRecord::Migration[5.0]
  def change
    create_table :people do |t|
      t.string :name
      t.references :shop
      t.references :home, polymorphic: true, index: true
      t.timestamps
    end
    add_reference :people, :code, type: :string, index: true
  end
end`,
  '20260101000003_create_older.rb': `
class CreateOlder < ActiveRecord::Migration[4.2]
  def change
    create_table :children do |t|
      t.belongs_to :person
      t.references :quiz, index: true
      t.timestamps
    end
  end
end`,
  '20260101000004_change_columns.rb': `
class ChangeColumns < ActiveRecord::Migration[6.1]
  FLAGS = %i[gold silver].freeze

  def up
    FLAGS.each { |flag| add_column :shops, flag, :boolean, default: false, null: false }
    { "north" => :integer, "south" => :bigint }.each do |side, type|
      add_column :shops, "#{side}_size", type
    end
    change_column :shops, :big, :integer
    change_column :shops, :kind, :text, default: "plain", null: false
    change_column_default :shops, :name, from: nil, to: "none"
    change_column_default :shops, :small, nil
    change_column_null :shops, :since, false, "2020-01-01"
    change_column_comment :shops, :raw, "as it came"
    change_table_comment :shops, "all shops"
    rename_column :shops, :slug, :handle
    remove_column :shops, :ratio, :float
    add_timestamps :orders, null: true
    change_table :people, bulk: true do |t|
      t.text :email, index: { unique: true }
      t.rename :name, :full_name
      t.change_null :full_name, false
      t.remove :home_type
    end
  end
end`,
  '20260101000005_indexes.rb': `
class Indexes < ActiveRecord::Migration[6.1]
  disable_ddl_transaction!

  def change
    add_index :orders, :state, algorithm: :concurrently
    add_index :orders, [:shop_id, :state], unique: true, where: "shop_id IS NOT NULL", name: "one_per_state"
    add_index :people, "lower(email)", name: "people_by_lower_email"
    add_index :shops, :settings, using: :gin
    add_index :shops, :tags, using: :gin, name: "by_tags"
    add_index :shops, :fee
    rename_index :shops, "by_tags", "shops_by_tags"
    remove_index :shops, :fee
    remove_index :orders, column: [:owner_type, :owner_id]
  end
end`,
  '20260101000006_constraints.rb': `
class Constraints < ActiveRecord::Migration[6.1]
  def up
    add_foreign_key :people, :shops, on_delete: :nullify, on_update: :cascade
    add_foreign_key :children, :people, column: :person_id, name: "child_of"
    add_check_constraint :shops, "small >= 0", name: "small_positive"
    add_check_constraint :shops, "big < small"
    remove_check_constraint :orders, name: "state_known"
    add_foreign_key :codes_shops, :shops, validate: false
    validate_foreign_key :codes_shops, :shops
    remove_foreign_key :orders, :shops
    execute <<~SQL
      ALTER TABLE bare ADD COLUMN y integer NOT NULL DEFAULT 7;
      CREATE INDEX bare_y ON bare (y);
    SQL
  end
end`,
  '20260101000007_renames.rb': `
class Renames < ActiveRecord::Migration[6.1]
  def change
    rename_table :people, :members
    rename_column :orders, :state, :status
    remove_reference :children, :quiz
    drop_table :pairs
    create_table(:temps) { |t| t.text :z }
    revert { create_table(:temps) }
    reversible do |dir|
      dir.up { add_column :bare, :up_only, :text }
      dir.down { remove_column :bare, :x }
    end
    up_only { add_column :bare, :w, :text, if_not_exists: true }
    send(:add_column, :bare, :sent, :text)
  end
end`,
}
