import { optionsIn } from '../schema/given.ts'
import { tableOfModel } from '../schema/inflector.ts'
import { rulesOf } from '../schema/version-rules.ts'
import { callBlock, callBlockAnyTimes } from './invoke.ts'
import type { Call, Machine } from './machine.ts'
import { callOnRecords, isReading, writeVerb } from './models.ts'
import { array, boolean, inert, migration, text, unknown, type Value } from './value.ts'

/** Of Ruby, Rails and their logging: asked for a value, they change nothing. */
const harmless = new Set(
  `Time Date DateTime ENV Rails Rails::VERSION ActiveSupport ActiveSupport::VERSION ActiveRecord::VERSION Rails::Version BigDecimal Integer Float
  String Symbol Math Random SecureRandom Digest Digest::SHA256 Digest::MD5 JSON YAML Logger Kernel Pathname Set Hash Array Regexp Range Struct
  OpenStruct Object Comparable Process Benchmark CGI URI Base64 ERB I18n ActiveSupport::TimeZone ActiveSupport::JSON Arel Zlib Encoding
  ActiveRecord::Type Gem::Version Gem STDOUT STDERR Nokogiri Nokogiri::HTML CSV StringIO ObjectSpace GC Time.zone Concurrent RUBY_VERSION
  ActiveRecord::IrreversibleMigration StandardError RuntimeError ArgumentError NotImplementedError ProgressBar Ruby ActiveSupport::Deprecation
  ActiveRecord::Migration::Current ActiveRecord::Enum ActiveSupport::HashWithIndifferentAccess Rake Money Bundler`.split(
    /\s+/,
  ),
)

/** What these can do beside giving a value. */
const acting =
  /^(eval|exec|system|load|constantize|const_get|class_eval|instance_eval|call|run|execute|invoke|fork|spawn|clock)$/

const bases = new Set([
  'ActiveRecord::Base',
  'ApplicationRecord',
  'ActiveRecord::Migration',
  'ActiveRecord::Schema',
])

/** Of a class or module that is not in this file; undefined when nothing is known of it. */
export function callOnConstant(machine: Machine, path: string, call: Call): Value | undefined {
  const { name, args, block, node } = call
  if (name === 'connection' || name === 'lease_connection' || name === 'retrieve_connection') return migration
  if (path === 'Proc' && name === 'new') return block ?? unknown
  if (path === 'Array' && name === 'new') return args?.length === 0 ? array([]) : unknown
  if (path === 'Hash' && name === 'new') return { type: 'hash', entries: args?.length === 0 ? [] : null }
  if (path === 'String' && name === 'new') return args?.length === 0 ? text('') : unknown
  if (path === 'Set' && name === 'new') return args?.[0] ?? array([])
  if (path === 'Thread' || path === 'Timeout' || path === 'Benchmark') {
    if (block === null) return unknown
    return callBlock(machine, block, [], { node })
  }
  if (path === 'Class' || path === 'Module') return makeClass(machine, call)
  if (name === '[]' && /Migration$|Schema$/.test(path)) {
    const [version] = args ?? []
    return version?.type === 'number' ? { type: 'constant', path: `${path}[${version.number}]` } : undefined
  }
  if (path.startsWith('ActiveRecord::Schema')) {
    if (name === 'define') return defineSchema(machine, path, call)
    if (name === 'load_schema_migrations') return unknown
  }
  if (bases.has(path)) {
    if (
      [
        'transaction',
        'with_connection',
        'uncached',
        'logger',
        'logger=',
        'verbose=',
        'verbose',
        'connection_pool',
        'record_timestamps=',
        'suppress_messages',
        'schema_migrations_table_name',
        'establish_connection',
        'connection_db_config',
        'descendants',
        'table_name_prefix',
        'table_name_suffix',
        'timestamped_migrations',
        'sanitize_sql',
        'sanitize_sql_array',
      ].includes(name)
    ) {
      if (block !== null) return callBlock(machine, block, [migration], { node })
      return name === 'connection_pool' || name === 'establish_connection' ? migration : unknown
    }
    return undefined
  }
  if (path === 'Rails' || path === 'ENV') {
    const given = callOnInert(machine, call)
    if (given !== undefined && (path === 'ENV' || settings.has(name))) return given
  }
  if (harmless.has(path) && !acting.test(name)) {
    callBlockAnyTimes(machine, block, null, node)
    return unknown
  }
  if (name === 'name' || name === 'to_s') return text(path.split('::').at(-1) === undefined ? null : path)
  if (name === 'nil?') return boolean(false)
  // Of an object that is made nobody knows that it is a row.
  if (writeVerb(name) !== undefined || (isReading(name) && name !== 'new')) {
    return callOnRecords(machine, { type: 'records', table: tableOfModel(path) }, call)
  }
  if (name === 'new') {
    callBlockAnyTimes(machine, block, null, node)
    return unknown
  }
  return undefined
}

/** The whole of a schema file; its brackets are those of a migration. */
function defineSchema(machine: Machine, path: string, { args, block, node }: Call): Value {
  const [, bracket] = /\[([\d.]+)\]$/.exec(path) ?? []
  if (bracket !== undefined) machine.setting = { ...machine.setting, rules: rulesOf(Number(bracket)) }
  const { options } = optionsIn(args?.at(-1))
  const version = options.get('version')
  if (version?.type === 'number') machine.schemaVersion = String(version.number)
  if (version?.type === 'string') machine.schemaVersion = version.text
  return block === null ? unknown : callBlock(machine, block, [], { node, self: migration })
}

/** `Class.new(Base) { … }`: its body defines what is not followed. */
function makeClass(machine: Machine, { block, node }: Call): Value {
  if (block === null) return unknown
  machine.opaque(node, 'a class without a name, which is not read')
  callBlockAnyTimes(machine, block, null, node)
  return unknown
}

/** Of Rails: what an app is set to. */
const settings = new Set(['configuration', 'env', 'root', 'logger', 'version', 'gem_version', 'credentials'])

/** @returns undefined where something is handed over that can change the schema, or the name says that it acts. */
export function callOnInert(machine: Machine, { name, args, block, node }: Call): Value | undefined {
  if (args === null || acting.test(name) || name.endsWith('!')) return undefined
  if (args.some((each) => powerful.has(each.type))) return undefined
  callBlockAnyTimes(machine, block, null, node)
  return inert
}

const powerful = new Set<Value['type']>([
  'migration',
  'table',
  'direction',
  'block',
  'method',
  'module',
  'instance',
  'unknown',
])
