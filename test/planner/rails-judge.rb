# Runs weeks of histories by the Active Record of this machine, one JSON per line in and out: what a schema file becomes by migrations, or
# by none, dumped. Each in a process of its own, on an empty database.
require "active_support/all"
require "active_record"
require "json"
require "pg"
require "stringio"
require "timeout"
require "tmpdir"

SECONDS_MAX = 100

# Where migrations say a class of the app, a model without code over its table stands in.
module StandIns
  def const_missing(name)
    prefix = self == Object ? "" : "#{self.name.underscore.tr("/", "_")}_"
    tables = ActiveRecord::Base.connection.tables
    own = ["#{prefix}#{name.to_s.tableize.tr("/", "_")}", name.to_s.tableize].find { |table| tables.include?(table) }
    made =
      if own
        Class.new(ActiveRecord::Base) { self.table_name = own; self.inheritance_column = nil }
      elsif tables.any? { |table| table.start_with?("#{prefix}#{name.to_s.underscore}_") }
        Module.new.extend(StandIns)
      end
    made.nil? ? super : const_set(name, made)
  end
end

# Of Rails 3 no time stamp was null.
module TimestampsNotNull
  def timestamps(**options)
    options[:null] = false if options[:null].nil?
    super(**options)
  end
end

# Before Rails 5.1 a key was no bigint, and a dump did not say so.
module KeysOfOldDumps
  def create_table(name, **options, &block)
    super(name, **(options.key?(:id) ? {} : { id: :serial }), **options, &block)
  end
end

# What only MySQL has, and no other server needs.
module WithoutMysql
  ONLY_MYSQL = %i[options charset collation unsigned].freeze

  def create_table(name, **options, &block)
    id = options[:id].is_a?(Hash) ? options[:id].except(*ONLY_MYSQL) : options[:id]
    super(name, **options.except(*ONLY_MYSQL, :id), **(options.key?(:id) ? { id: id } : {}), &block)
  end

  def add_index(table, columns, **options)
    super(table, columns, **options.except(:type, :length))
  end

  # Postgres cuts what is longer than its own names.
  def index_name_length
    200
  end
  alias allowed_index_name_length index_name_length

  def type_to_sql(type, limit: nil, **options)
    bare = %w[tinytext mediumtext longtext].include?(type.to_s) ? "text" : type
    super(bare, limit: %w[text binary blob].include?(bare.to_s) ? nil : limit, **options)
  end
end

module ColumnsWithoutMysql
  def new_column_definition(name, type, **options)
    super(name, type, **options.except(*WithoutMysql::ONLY_MYSQL))
  end
end

def load_schema(job)
  ActiveRecord::Base.establish_connection(job["url"])
  connection = ActiveRecord::Base.connection
  connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
  if job["isMysql"]
    connection.singleton_class.prepend(WithoutMysql)
    ActiveRecord::ConnectionAdapters::PostgreSQL::TableDefinition.prepend(ColumnsWithoutMysql)
  end
  old = KeysOfOldDumps if job["hasOldKeys"]
  connection.singleton_class.prepend(old) if old
  eval(job["schema"], TOPLEVEL_BINDING.dup, "db/schema.rb")
  old&.send(:remove_method, :create_table)
end

def judge(job)
  ActiveRecord::Migration.verbose = false
  load_schema(job)
  Object.extend(StandIns)
  ActiveRecord::Migration::Compatibility::V4_2::TableDefinition.prepend(TimestampsNotNull) if (3...4).cover?(job["rails"])
  Dir.mktmpdir do |folder|
    job["migrations"].each { |each| File.write(File.join(folder, File.basename(each["file"])), each["text"]) }
    ActiveRecord::MigrationContext.new(folder, ActiveRecord::SchemaMigration).migrate
  end
  out = StringIO.new
  ActiveRecord::SchemaDumper.dump(ActiveRecord::Base.connection, out)
  { outcome: "ran", dump: out.string }
end

# What a server and Ruby refuse, whatever the libraries.
REFUSED = /PG::(?:Duplicate\w+|UndefinedColumn|UndefinedTable):|\ASyntaxError/.freeze

def why(error)
  said = (error.cause || error)
  lines = said.message.lines.map(&:strip).reject { |line| line.empty? || line.start_with?("An error has occurred", "StandardError") }
  text = "#{said.class}: #{lines.first}"
  { outcome: text.match?(REFUSED) ? "refused" : "unable", reason: text }
end

$stdin.each_line do |line|
  job = JSON.parse(line)
  answer, told = IO.pipe
  child = fork do
    answer.close
    $stdout.reopen(File::NULL)
    said =
      begin
        Timeout.timeout(SECONDS_MAX) { judge(job) }
      rescue Exception => error # What a migration raises may be anything.
        why(error)
      end
    told.write(JSON.generate(said))
    told.close
    exit!(0)
  end
  told.close
  $stdout.puts(answer.read)
  $stdout.flush
  Process.wait(child)
end
