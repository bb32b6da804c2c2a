import { expect, it } from 'vitest'

import type { Operation } from '../../model/operation.ts'
import { loadRailsReader } from './read-rails.ts'

const reader = await loadRailsReader()

/** A change, and what must be found of it: its kind and its table, or something opaque that may be it. */
const changes: readonly { readonly ruby: string; readonly kind: Operation['kind'] }[] = [
  { ruby: 'add_column :t, :a, :text', kind: 'add_column' },
  { ruby: 'drop_table(:t)', kind: 'drop_table' },
  { ruby: 'create_table(:t) { |x| x.text :a }', kind: 'create_table' },
  { ruby: 'change_table(:t) { |x| x.remove :a }', kind: 'drop_column' },
  { ruby: 'add_index :t, :a, unique: true', kind: 'create_index' },
  { ruby: 'execute("ALTER TABLE t ADD COLUMN a text")', kind: 'add_column' },
  { ruby: 'ActiveRecord::Base.connection.rename_column(:t, :a, :b)', kind: 'rename_column' },
]

type Wrap = (inner: string) => string

/** Around statements: each may stand in each other. */
const constructs: Readonly<Record<string, Wrap>> = {
  if: (inner) => `if maybe?\n${inner}\nend`,
  'if modifier': (inner) => `(${inner}) if ENV["X"]`,
  unless: (inner) => `unless column_exists?(:t, :z)\n${inner}\nend`,
  else: (inner) => `if maybe?\n1\nelse\n${inner}\nend`,
  elsif: (inner) => `if a = ENV["X"]\n1\nelsif ENV["Y"]\n${inner}\nend`,
  ternary: (inner) => `ENV["X"] ? (${inner}) : nil`,
  and: (inner) => `ENV["X"] && (${inner})`,
  or: (inner) => `ENV["X"] or (${inner})`,
  case: (inner) => `case ENV["X"]\nwhen "a", /b/\n${inner}\nelse\n2\nend`,
  'case else': (inner) => `case ENV["X"]\nwhen "a" then 1\nelse\n${inner}\nend`,
  'case in': (inner) => `case ENV["X"]\nin String => s\n${inner}\nin nil\n3\nend`,
  while: (inner) => `while ENV["X"]\n${inner}\nend`,
  until: (inner) => `until ENV["X"]\n${inner}\nend`,
  'begin while': (inner) => `begin\n${inner}\nend while ENV["X"]`,
  for: (inner) => `for i in 1..2 do\n${inner}\nend`,
  'for unknown': (inner) => `for i in ENV.keys do\n${inner}\nend`,
  loop: (inner) => `loop do\n${inner}\nbreak\nend`,
  times: (inner) => `2.times {\n${inner}\n}`,
  each: (inner) => `[1, 2].each do |i|\n${inner}\nend`,
  'each unknown': (inner) => `ENV.each do |k, v|\n${inner}\nend`,
  map: (inner) => `[1].map { |i| ${inner} }`,
  each_with_object: (inner) => `[1].each_with_object({}) { |i, h| ${inner} }`,
  inject: (inner) => `[1, 2].inject(0) { |i, h| ${inner}; 1 }`,
  hash: (inner) => `{ a: 1 }.each { |k, v| ${inner} }`,
  tap: (inner) => `Object.new.tap { |o| ${inner} }`,
  'then of a value': (inner) => `1.then { ${inner} }`,
  begin: (inner) => `begin\n${inner}\nend`,
  rescue: (inner) => `begin\nrisky = 1\nrescue StandardError => e\n${inner}\nend`,
  rescued: (inner) => `begin\n${inner}\nrescue StandardError\nnil\nend`,
  ensure: (inner) => `begin\n1\nensure\n${inner}\nend`,
  'rescue else': (inner) => `begin\n1\nrescue StandardError\n2\nelse\n${inner}\nend`,
  'rescue modifier': (inner) => `(${inner}) rescue nil`,
  lambda: (inner) => `f = -> { ${inner} }\nf.call`,
  'lambda dot': (inner) => `f = lambda { |x| ${inner} }\nf.(1)`,
  'lambda brackets': (inner) => `f = proc { ${inner} }\nf[]`,
  'proc passed on': (inner) => `f = proc { ${inner} }\n[1].each(&f)`,
  'block passed to nobody knows whom': (inner) => `Some.thing(1) { ${inner} }`,
  'lambda passed to nobody knows whom': (inner) => `Some.thing(-> { ${inner} })`,
  'block of nobody knows what': (inner) => `some_helper { ${inner} }`,
  assigned: (inner) => `x = (${inner})`,
  argument: (inner) => `puts((${inner}))`,
  interpolated: (inner) => `"#{${inner}}"`,
  element: (inner) => `[(${inner})]`,
  'hash value': (inner) => `{ a: (${inner}) }`,
  'or write': (inner) => `@done ||= begin\n${inner}\nend`,
  'index or write': (inner) => `h = {}\nh[:a] ||= (${inner})`,
  'after return if': (inner) => `return if ENV["X"]\n${inner}`,
  'after return unless': (inner) => `return unless ENV["X"]\n${inner}`,
  'after next': (inner) => `[1].each { |i| next if ENV["X"]\n${inner}\n}`,
  'after break': (inner) => `[1, 2].each { |i| break if ENV["X"]\n${inner}\n}`,
  'after raise': (inner) => `raise "no" if ENV["X"]\n${inner}`,
  transaction: (inner) => `ActiveRecord::Base.transaction do\n${inner}\nend`,
  say_with_time: (inner) => `say_with_time("x") { ${inner} }`,
  safety_assured: (inner) => `safety_assured { ${inner} }`,
  suppress_messages: (inner) => `suppress_messages { ${inner} }`,
  reversible: (inner) => `reversible { |dir| dir.up { ${inner} } }`,
  up_only: (inner) => `up_only { ${inner} }`,
  revert: (inner) => `revert { revert { ${inner} } }`,
  instance_eval: (inner) => `instance_eval { ${inner} }`,
  instance_exec: (inner) => `instance_exec(1) { |x| ${inner} }`,
  'connection block': (inner) => `ActiveRecord::Base.connection_pool.with_connection { |c| ${inner} }`,
  thread: (inner) => `Thread.new { ${inner} }.join`,
  catch: (inner) => `catch(:x) { ${inner} }`,
  'in each record': (inner) => `User.find_each { |u| ${inner} }`,
  'in a batch': (inner) => `User.where(a: 1).in_batches { |u| ${inner} }`,
  'defined and called': (inner) => `define_singleton_method(:hidden) { ${inner} }\nhidden`,
  'safe navigation': (inner) => `ENV["X"]&.then { ${inner} }`,
  'multiple assignment': (inner) => `a, b = (${inner}), 1`,
  'flip flop': (inner) => `(${inner}) if (ENV["X"]..ENV["Y"])`,
  END: (inner) => `at_exit { ${inner} }`,
  'a string that runs': (inner) => `eval(${JSON.stringify(inner)})`,
  'a heredoc that runs': (inner) => `instance_eval(<<~RUBY)\n${inner}\nRUBY`,
  'a class that is made': (inner) => `Class.new { define_method(:go) { ${inner} } }.new.go`,
}

/** Around a whole migration: they hold what stands in the way up. */
const places: Readonly<Record<string, Wrap>> = {
  change: (inner) => migration(`def change\n${inner}\nend`),
  up: (inner) => migration(`def up\n${inner}\nend\ndef down; end`),
  'up of old': (inner) => `class A < ActiveRecord::Migration\ndef self.up\n${inner}\nend\nend`,
  'class << self': (inner) =>
    `class A < ActiveRecord::Migration\nclass << self\ndef up\n${inner}\nend\nend\nend`,
  'a private helper': (inner) => migration(`def change = helper\nprivate\ndef helper\n${inner}\nend`),
  'a helper with a block': (inner) =>
    migration(`def change\nhelper { ${inner} }\nend\ndef helper\nyield\nend`),
  'a helper that passes a block on': (inner) =>
    migration(`def change\nouter { ${inner} }\nend\ndef outer(&block) = inner(&block)\ndef inner = yield`),
  'a helper that is sent': (inner) =>
    migration(`def change\nsend("hel" + "per")\nend\ndef helper\n${inner}\nend`),
  'a helper with another name': (inner) =>
    migration(`def a\n${inner}\nend\nalias_method :b, :a\ndef change = b`),
  'an alias': (inner) => migration(`def a\n${inner}\nend\nalias change a`),
  define_method: (inner) => migration(`define_method(:change) do\n${inner}\nend`),
  'define_method in a loop': (inner) => migration(`%w[change].each { |m| define_method(m) { ${inner} } }`),
  'define_method with a name nobody knows': (inner) => migration(`define_method(ENV["M"]) { ${inner} }`),
  'a method that is taken': (inner) =>
    migration(`def change\n[1].each(&method(:helper))\nend\ndef helper(x)\n${inner}\nend`),
  'a module': (inner) =>
    `module M\ndef helper\n${inner}\nend\nend\n${migration('include M\ndef change = helper')}`,
  'a module with change': (inner) => `module M\ndef change\n${inner}\nend\nend\n${migration('include M')}`,
  'a module that is extended': (inner) =>
    `module M\ndef up\n${inner}\nend\nend\nclass A < ActiveRecord::Migration\nextend M\nend`,
  'a module function': (inner) =>
    `module M\ndef self.go(m)\nm.instance_eval { ${inner} }\nend\nend\n${migration('def change = M.go(self)')}`,
  'a module in the migration': (inner) =>
    migration(`module Inner\ndef helper\n${inner}\nend\nend\ninclude Inner\ndef change = helper`),
  'a base class': (inner) =>
    `class Base < ActiveRecord::Migration[7.1]\ndef change\n${inner}\nend\nend\nclass A < Base\nend`,
  super: (inner) =>
    `class Base < ActiveRecord::Migration[7.1]\ndef change\n${inner}\nend\nend\nclass A < Base\ndef change\nsuper\nend\nend`,
  'super with arguments': (inner) =>
    `module M\ndef change(*)\n${inner}\nend\nend\n${migration('include M\ndef change\nsuper()\nend')}`,
  'a model': (inner) =>
    migration(
      `class User < ActiveRecord::Base\ndef self.go(m)\nm.instance_exec { ${inner} }\nend\nend\ndef change = User.go(self)`,
    ),
  'another object': (inner) =>
    migration(
      `class Worker\ndef initialize(m) = @m = m\ndef go = @m.instance_eval { ${inner} }\nend\ndef change = Worker.new(self).go`,
    ),
  'the body of the class': (inner) => migration(`${inner}\ndef change; end`),
  'the top of the file': (inner) => `${inner}\n${migration('def change; end')}`,
  'a top-level method': (inner) => `def helper\n${inner}\nend\n${migration('def change = helper')}`,
  'a constant': (inner) => migration(`RUN = -> { ${inner} }\ndef change = instance_exec(&RUN)`),
  'a frozen list of lambdas': (inner) =>
    migration(`STEPS = [-> { ${inner} }].freeze\ndef change = STEPS.each { |s| instance_exec(&s) }`),
  'an instance variable': (inner) => migration(`def change\n@steps = proc { ${inner} }\n@steps.call\nend`),
  method_missing: (inner) => migration(`def change = whatever\ndef method_missing(name, *)\n${inner}\nend`),
  'a default argument': (inner) => migration(`def change(x = (${inner}))\nend`),
  'a keyword default': (inner) => migration(`def change = helper\ndef helper(x: (${inner})) = x`),
  recursion: (inner) =>
    migration(`def change = helper(2)\ndef helper(n)\nreturn if n.zero?\n${inner}\nhelper(n - 1)\nend`),
  'a class that is opened': (inner) =>
    `class A < ActiveRecord::Migration[7.1]\nend\nclass A\ndef change\n${inner}\nend\nend`,
  class_eval: (inner) =>
    `class A < ActiveRecord::Migration[7.1]\nend\nA.class_eval do\ndef change\n${inner}\nend\nend`,
  'a migration in a module': (inner) => `module Db\n${migration(`def change\n${inner}\nend`)}\nend`,
  'a way of its own': (inner) => migration(`def migrate(direction)\n${inner}\nend`),
  'a refinement of a library': (inner) =>
    migration(`include Some::Library\ndef change = helper_of_it { ${inner} }`),
  'another file': () => `require_relative "hidden"\n${migration('def change; end')}`,
  'another file of which it is a part': () => `require Rails.root.join("x")\nclass A < Hidden\nend`,
  BEGIN: (inner) => `BEGIN { ${inner} }\n${migration('def change; end')}`,
  'a struct': (inner) =>
    `Go = Struct.new(:m) do\ndef go = m.instance_eval { ${inner} }\nend\n${migration('def change = Go.new(self).go')}`,
}

function migration(body: string): string {
  return `class A < ActiveRecord::Migration[7.1]\n${body}\nend`
}

/** Whether the change is found, or something stands for it that may touch its table. */
function isFound(text: string, kind: Operation['kind']): boolean {
  const { operations } = reader.readMigration({ file: 'a.rb', text })
  return operations.some((each) => {
    if (each.kind === 'opaque') return each.touches === 'anything' || each.touches.includes('t')
    return each.kind === kind && 'table' in each && each.table === 't'
  })
}

/** Alone and read as Ruby: what the parser refuses is opaque as a whole, and would prove nothing here. */
function isRuby(text: string): boolean {
  return !reader
    .readMigration({ file: 'a.rb', text })
    .operations.some((each) => each.kind === 'opaque' && each.reason.startsWith('it is not Ruby'))
}

const inChange: Wrap = (inner) => migration(`def change\n${inner}\nend`)

it('finds each change in every construct, or says that something is opaque', () => {
  const missed: string[] = []
  for (const { ruby, kind } of changes) {
    for (const [name, wrap] of Object.entries(constructs)) {
      const text = inChange(wrap(ruby))
      if (!isRuby(text) || !isFound(text, kind)) missed.push(text)
      expect(name).not.toBe('')
    }
  }

  expect(missed).toEqual([])
})

it('finds each change in every place of a file', () => {
  const missed = changes.flatMap(({ ruby, kind }) =>
    Object.values(places)
      .map((place) => place(ruby))
      .filter((text) => !isRuby(text) || !isFound(text, kind)),
  )

  expect(missed).toEqual([])
})

it('finds a change in every construct inside every other, in every place', () => {
  const wraps = Object.values(constructs)
  const held = Object.values(places)
  const missed: string[] = []
  let tried = 0
  for (const [outerAt, outer] of wraps.entries()) {
    for (const [innerAt, inner] of wraps.entries()) {
      const { ruby, kind } = changes[(outerAt + innerAt) % changes.length] ?? { ruby: '', kind: 'session' }
      const place = held[(outerAt * 7 + innerAt) % held.length] ?? inChange
      const text = place(outer(inner(ruby)))
      tried++
      if (!isFound(text, kind)) missed.push(text)
    }
  }

  expect(missed.slice(0, 5)).toEqual([])
  expect(tried).toBe(wraps.length ** 2)
})

it('would notice what is missed: code that cannot run holds nothing', () => {
  for (const dead of [
    'if false\nadd_column :t, :a, :text\nend',
    'f = -> { add_column :t, :a, :text }',
    'return\nadd_column :t, :a, :text',
  ]) {
    expect(isFound(inChange(dead), 'add_column')).toBe(false)
  }
})

it.each([
  ['send(ENV["X"], :t, :a, :text)'],
  ['public_send("#{ENV["X"]}_column", :t, :a, :text)'],
  ['method(ENV["X"]).call(:t)'],
  ['add_column(*ENV["X"].split)'],
  ['add_column ENV["T"], :a, :text'],
  ['execute(File.read("x.sql"))'],
  ['execute(ENV["X"])'],
  ['execute("ALTER TABLE #{ENV["X"]} ADD COLUMN a int")'],
  ['ENV["X"].constantize.new.change'],
  ['Object.const_get(ENV["X"]).run'],
  ['OtherMigration.new.change'],
  ['revert OtherMigration'],
  ['run OtherMigration'],
  ['load "other.rb"'],
  ['`psql -c "drop table t"`'],
  ['system("psql")'],
  ['Rake::Task["db:seed"].invoke'],
  ['binding.eval("drop_table :t")'],
  ['instance_eval(ENV["X"])'],
  ['ActiveRecord::Base.connection.public_send(ENV["X"])'],
  ['ActiveRecord::Base.connection.raw_connection.exec("DROP TABLE t")'],
  ['Library.install(self)'],
  ['create_view :v'],
  ['%w[a].each(&ENV["X"].to_sym)'],
])('finds %s opaque', (ruby) => {
  const { operations } = reader.readMigration({ file: 'a.rb', text: inChange(ruby) })

  expect(operations.map((each) => each.kind)).toContain('opaque')
})
