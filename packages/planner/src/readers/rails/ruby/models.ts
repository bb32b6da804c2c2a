import type { DataOperation } from '../../../model/operation.ts'
import { tableOfModel } from '../schema/inflector.ts'
import { callBlockAnyTimes } from './invoke.ts'
import type { Call, Machine } from './machine.ts'
import type { RubyModule } from './scope.ts'
import { migration, nameIn, nil, unknown, type Value } from './value.ts'

/** What a model, a relation or a record understands: whether rows are written by it. */
const writing: Readonly<Record<string, DataOperation['verb']>> = Object.fromEntries([
  ...`update update! update_all update_attribute update_attribute! update_attributes update_attributes! update_column update_columns save
  save! touch touch_all increment! decrement! toggle! increment_counter decrement_counter update_counters reset_counters
  becomes! reload_and_update assign_and_save! update_or_create`
    .split(/\s+/)
    .map((name) => [name, 'update'] as const),
  ...`create create! insert insert! insert_all insert_all! upsert upsert_all find_or_create_by find_or_create_by! first_or_create
  first_or_create! create_or_find_by create_or_find_by! create_with import import! bulk_import`
    .split(/\s+/)
    .map((name) => [name, 'insert'] as const),
  ...`delete delete! delete_all delete_by destroy destroy! destroy_all destroy_by really_destroy! truncate`
    .split(/\s+/)
    .map((name) => [name, 'delete'] as const),
])

const reading = new Set(
  `all where not or and joins left_joins left_outer_joins includes preload eager_load references select reselect order reorder group having
  limit offset distinct unscoped unscope rewhere merge from lock readonly none find find_by find_by! find_by_sql find_each find_in_batches
  in_batches each each_record first first! last last! take take! count sum average minimum maximum pluck pick ids exists? any? many? none? empty?
  blank? present? size length to_a to_sql map each_with_index new build find_or_initialize_by first_or_initialize where_not reload extending
  reset_column_information table_name primary_key column_names columns columns_hash attribute_names has_attribute? with_deleted
  only_deleted unscoped_all each_slice group_by index_by reject filter filter_map flat_map collect inject reduce sort_by max_by min_by
  uniq compact then tap is_a? respond_to? nil? attributes id persisted? changed? valid? errors with_indifferent_access with_lock scoping
  transaction connection table_exists? column_for_attribute reflect_on_association reflections quoted_table_name assign_attributes
  write_attribute read_attribute record_timestamps= attributes= to_json as_json becomes arel_table in_order_of missing associated sole
  name to_s inherited sanitize_sql sanitize_sql_array inheritance_column= primary_key= ignored_columns= class itself presence
  find_sole_by async_count async_pluck strict_loading annotate optimizer_hints instance_method class_name`.split(
    /\s+/,
  ),
)

export function writeVerb(name: string): DataOperation['verb'] | undefined {
  return writing[name]
}

export function isReading(name: string): boolean {
  return reading.has(name)
}

/** Whether a class of this file is a model: it leads to a base class of Rails or of the app. */
export function isModel(module: RubyModule): boolean {
  const above = module.superclass
  if (above?.type === 'module') return isModel(above.module)
  return above?.type === 'constant' && /(^|::)(Base|ApplicationRecord|\w+Record)$/.test(above.path)
}

export function tableOf(module: RubyModule): string {
  if (module.tableName === null) return '*'
  if (module.tableName !== undefined) return module.tableName
  // A class under another of the same hierarchy shares its table.
  const above = module.superclass
  if (above?.type === 'module' && isModel(above.module) && above.module.superclass?.type === 'module')
    return tableOf(above.module)
  // A class inside the migration has the table of its own name.
  return tableOfModel(module.outer?.superclass == null ? module.name : (module.name.split('::').at(-1) ?? ''))
}

/** A model whose class is elsewhere: what its callbacks write is not in this file. */
const withoutCallbacks = new Set([
  'update_all',
  'delete_all',
  'update_columns',
  'update_column',
  'insert_all',
  'insert_all!',
  'upsert_all',
  'delete',
  'insert',
  'upsert',
  'touch_all',
  'delete_by',
])

/** @returns undefined for what models in general do not understand. */
export function callOnRecords(
  machine: Machine,
  receiver: Extract<Value, { type: 'records' }>,
  call: Call,
): Value | undefined {
  const { name, block, node } = call
  if (name === 'connection' || name === 'lease_connection') return migration
  if (name === 'new' && block === null) return receiver
  const verb = writing[name]
  if (verb !== undefined) {
    const isKnown = receiver.module !== undefined || withoutCallbacks.has(name)
    machine.emit(node, { kind: 'data', verb, writes: [isKnown ? receiver.table : '*'], reads: [] }, 'dynamic')
  } else if (!reading.has(name)) return undefined
  const { module: _module, ...bare } = receiver
  const item: Value = receiver.module === undefined ? bare : receiver
  if (block !== null) callBlockAnyTimes(machine, block, [item, unknown], node)
  if (verb !== undefined) return receiver
  return chains.has(name) ? receiver : unknown
}

const chains = new Set(
  `all where not or joins left_joins left_outer_joins includes preload eager_load references select order reorder group having limit offset distinct
  unscoped unscope rewhere merge from lock readonly find find_by find_by! find_each find_in_batches in_batches first first! last last! take take!
  new build find_or_initialize_by first_or_initialize with_deleted only_deleted reload tap itself presence becomes with_lock`.split(
    /\s+/,
  ),
)

/** In the body of a model: what says how its rows relate, and does nothing when it is said. */
const macros = new Set(
  `has_many has_one belongs_to has_and_belongs_to_many validates validates_presence_of validates_uniqueness_of validate scope
  default_scope enum serialize store store_accessor attribute accepts_nested_attributes_for delegate alias_attribute acts_as_paranoid
  acts_as_list acts_as_tree has_secure_password has_one_attached has_many_attached has_rich_text before_save after_save before_create after_create
  before_validation after_commit after_update before_destroy after_destroy before_update after_initialize self_inheritance_column
  attr_accessible attr_protected preference has_paper_trail has_attached_file monetize translates encrypts normalizes
  composed_of broadcasts delegated_type has_closure_tree friendly_id extend_friendly_id store_attribute`.split(
    /\s+/,
  ),
)

export function isMacro(name: string): boolean {
  return macros.has(name)
}

/** A scope is a method of the class. */
export function declareMacro(module: RubyModule, { name, args }: Call): Value {
  const [scope, body] = args ?? []
  const named = nameIn(scope)
  if (name === 'scope' && named !== null && body?.type === 'block') {
    module.ownMethods.set(named, { ...body.callable, scope: body.scope })
  }
  return nil
}
