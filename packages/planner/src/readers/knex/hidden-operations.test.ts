import { expect, it } from 'vitest'

import { loadSqlReader } from '../sql/read-sql.ts'
import { loadKnexReader } from './read-knex.ts'

const read = await loadKnexReader(await loadSqlReader())

/** A change of orders, and what must be found of it, or something opaque that may be it. */
function isFound(text: string, file = 'migrations/1_x.js'): boolean {
  return read({ file, text }).operations.some(
    (each) =>
      (each.kind === 'drop_column' && each.table === 'orders' && each.column === 'state') ||
      (each.kind === 'opaque' && (each.touches === 'anything' || each.touches.includes('orders'))),
  )
}

const changes: readonly string[] = [
  "knex.schema.alterTable('orders', (t) => { t.dropColumn('state') })",
  "knex.schema.withSchema('public').table('orders', function () { this.dropColumn('state') })",
  "knex.raw('ALTER TABLE orders DROP COLUMN state')",
  "knex.schema.raw(`ALTER TABLE ${'orders'} DROP COLUMN state`)",
]

type Wrap = (inner: string) => string

/** Around statements: each may stand in each other. */
const constructs: Readonly<Record<string, Wrap>> = {
  plain: (inner) => `await ${inner}`,
  returned: (inner) => `return ${inner}`,
  'after another': (inner) => `const other = 1\nawait ${inner}`,
  if: (inner) => `if (process.env.X) { await ${inner} }`,
  else: (inner) => `if (process.env.X) {} else await ${inner}`,
  'after a way out': (inner) => `if (await knex.schema.hasTable('x')) return\nawait ${inner}`,
  'after a throw': (inner) => `if (process.env.X) throw new Error('x')\nawait ${inner}`,
  and: (inner) => `process.env.X && (await ${inner})`,
  or: (inner) => `process.env.X || (await ${inner})`,
  nullish: (inner) => `null ?? (await ${inner})`,
  ternary: (inner) => `process.env.X ? 1 : await ${inner}`,
  comma: (inner) => `(1, await ${inner})`,
  try: (inner) => `try { await ${inner} } catch {}`,
  catch: (inner) => `try { f = 1 } catch (error) { await ${inner} }`,
  finally: (inner) => `try { } finally { await ${inner} }`,
  for: (inner) => `for (let i = 0; i < 2; i++) await ${inner}`,
  'for of': (inner) => `for (const x of [1, 2]) await ${inner}`,
  'for of unknown': (inner) => `for (const x of await knex('a')) await ${inner}`,
  'for in': (inner) => `for (const x in { a: 1 }) await ${inner}`,
  while: (inner) => `while (process.env.X) { await ${inner}; break }`,
  'do while': (inner) => `do { await ${inner} } while (false)`,
  'in a condition': (inner) => `while (await ${inner}) {}`,
  switch: (inner) => `switch (process.env.X) { case 'a': await ${inner} }`,
  'in a case': (inner) => `switch (1) { case await ${inner}: }`,
  label: (inner) => `here: for (;;) { await ${inner}; break here }`,
  block: (inner) => `{ { await ${inner} } }`,
  'then of a call': (inner) => `knex.schema.hasTable('x').then((yes) => { if (!yes) return ${inner} })`,
  catchCall: (inner) => `knex('a').catch(() => ${inner})`,
  finallyCall: (inner) => `knex('a').finally(() => ${inner})`,
  all: (inner) => `Promise.all([knex('a'), ${inner}])`,
  map: (inner) => `await Promise.all([1].map(() => ${inner}))`,
  forEach: (inner) => `[1].forEach(async () => { await ${inner} })`,
  'unknown forEach': (inner) => `(await knex('a')).forEach(async () => { await ${inner} })`,
  reduce: (inner) => `await [1].reduce((p) => p.then(() => ${inner}), Promise.resolve())`,
  'helper inside': (inner) => `const go = async () => ${inner}\nawait go()`,
  'helper below': (inner) => `await go()\nfunction go() { return ${inner} }`,
  'helper twice': (inner) => `const go = (k) => () => ${inner}\nawait go(1)()`,
  'called at once': (inner) => `await (async () => { await ${inner} })()`,
  'called with call': (inner) => `await (function () { return ${inner} }).call(null)`,
  'called with apply': (inner) => `await (function () { return ${inner} }).apply(null, [])`,
  bound: (inner) => `await (function () { return ${inner} }).bind(null)()`,
  'optional call': (inner) => `const go = () => ${inner}\nawait go?.()`,
  'in an object': (inner) => `const steps = { go: () => ${inner} }\nawait steps.go()`,
  'in an object by a name': (inner) => `const steps = { go: () => ${inner} }\nawait steps[process.env.X]()`,
  'in an object that is spread': (inner) =>
    `const steps = { go: () => ${inner} }\nconst all = { ...steps }\nawait all.go()`,
  'in each of an object': (inner) =>
    `const steps = { go: () => ${inner} }\nfor (const step of Object.values(steps)) await step()`,
  'by each key': (inner) =>
    `const steps = { go: () => ${inner} }\nfor (const key in steps) await steps[key]()`,
  'put into an object': (inner) => `const steps = {}\nsteps.go = () => ${inner}\nawait steps.go()`,
  'assigned to an object': (inner) =>
    `const steps = {}\nObject.assign(steps, { go: () => ${inner} })\nawait steps.go()`,
  getter: (inner) => `const steps = { get go() { return ${inner} } }\nawait steps.go`,
  method: (inner) => `const steps = { async go() { await ${inner} } }\nawait steps.go()`,
  'in a list': (inner) => `const steps = [() => ${inner}]\nfor (const step of steps) await step()`,
  'in a list by place': (inner) => `const steps = [() => ${inner}]\nawait steps[0]()`,
  'in a list that is taken apart': (inner) => `const [go] = [() => ${inner}]\nawait go()`,
  pushed: (inner) => `const steps = []\nsteps.push(() => ${inner})\nfor (const step of steps) await step()`,
  'pushed later': (inner) =>
    `const steps = []\nfor (const x of [1, 2]) { for (const step of steps) await step()\nsteps.push(() => ${inner}) }`,
  'assigned later': (inner) => `let go\ngo = () => ${inner}\nawait go()`,
  'assigned again': (inner) => `let go = () => {}\nif (process.env.X) go = () => ${inner}\nawait go()`,
  'chosen of two': (inner) => `const go = process.env.X ? () => {} : () => ${inner}\nawait go()`,
  'default of a parameter': (inner) => `const go = (x = ${inner}) => x\nawait go()`,
  'default in a pattern': (inner) => `const { x = ${inner} } = {}`,
  'in a class': (inner) => `class Step { async go() { await ${inner} } }\nawait new Step().go()`,
  'in a class without a name': (inner) => `await new (class { go() { return ${inner} } })().go()`,
  'in what a class begins with': (inner) => `class Step { static x = ${inner} }`,
  'in what is made': (inner) => `function Step() { this.x = ${inner} }\nnew Step()`,
  'in a promise': (inner) => `await new Promise((resolve) => ${inner}.then(resolve))`,
  'in a timer': (inner) => `setTimeout(() => ${inner}, 1)`,
  'in a generator': (inner) => `function* go() { yield ${inner} }\nfor (const x of go()) await x`,
  'given to nobody knows whom': (inner) => `await helper(() => ${inner})`,
  'in an argument': (inner) => `console.log(await ${inner})`,
  'in a template': (inner) => '`${await ' + inner + '}`',
  'in a list literal': (inner) => `[await ${inner}]`,
  'in an object literal': (inner) => `({ a: await ${inner} })`,
  'in a computed key': (inner) => `({ [await ${inner}]: 1 })`,
  'as a place': (inner) => `const x = {}\nx[await ${inner}] = 1`,
  assigned: (inner) => `const x = await ${inner}`,
  'in a minus': (inner) => `!(await ${inner})`,
  'spread in a call': (inner) => `console.log(...[await ${inner}])`,
  transaction: (inner) => `await knex.transaction(async (trx) => { await ${inner} })`,
  'a transaction in its place': (inner) =>
    `await knex.transaction(async (trx) => { const knex = trx\nawait ${inner} })`,
  'a transaction that is opened': (inner) =>
    `const trx = await knex.transaction()\nawait ${inner}\nawait trx.commit()`,
  'in a table': (inner) => `await knex.schema.createTable('x', (t) => { t.text('a'); ${inner} })`,
  'while rows are read': (inner) => `await knex('a').modify(() => ${inner})`,
  'in another name': (inner) => `const db = knex\nawait ${inner.replace('knex.', 'db.')}`,
  'in a name that changes': (inner) => `let db = null\ndb = knex\nawait ${inner.replace('knex.', 'db.')}`,
  'in a name that hides another': (inner) => `const go = () => {}\n{ const go = () => ${inner}\nawait go() }`,
  'through this': (inner) =>
    `const o = { db: knex, go() { return ${inner.replace('knex.', 'this.db.')} } }\nawait o.go()`,
  'through arguments': (inner) =>
    `await (function () { return ${inner.replace('knex.', 'arguments[0].')} })(knex)`,
  'through a rest': (inner) => `const go = (...all) => ${inner.replace('knex.', 'all[0].')}\nawait go(knex)`,
  'through a default': (inner) => `const go = (db = knex) => ${inner.replace('knex.', 'db.')}\nawait go()`,
  'through what a function gives': (inner) =>
    `const of = () => { if (process.env.X) return knex\nreturn null }\nawait ${inner.replace('knex.', 'of().')}`,
  'through a pattern': (inner) => `const { db } = { db: knex }\nawait ${inner.replace('knex.', 'db.')}`,
  'through an object by a name': (inner) =>
    `const o = { db: knex }\nawait ${inner.replace('knex.', 'o[process.env.X].')}`,
  'through a list': (inner) => `await ${inner.replace('knex.', '[knex].at(0).')}`,
  'through a promise': (inner) =>
    `await Promise.resolve(knex).then((db) => ${inner.replace('knex.', 'db.')})`,
  'through a choice': (inner) => `await ${inner.replace('knex.', '(process.env.X ? knex : null).')}`,
  'through what is imported': (inner) => `await ${inner.replace('knex.', "require('../db').")}`,
  'through what is imported later': (inner) =>
    `await import('../db').then((db) => ${inner.replace('knex.', 'db.')})`,
  'through what is global': (inner) => `await ${inner.replace('knex.', 'database.')}`,
}

function migration(body: string): string {
  return `exports.up = async function (knex) {\n${body}\n}\nexports.down = async () => {}\n`
}

it('finds a change in every construct, or says that something is opaque', () => {
  const missed = Object.entries(constructs).flatMap(([name, wrap]) =>
    changes.filter((change) => !isFound(migration(wrap(change)))).map((change) => `${name}: ${change}`),
  )

  expect(missed).toEqual([])
})

/** What stands as a value, so that it can stand in another. */
function nested(outer: Wrap, inner: string): string {
  return outer(`(async () => { ${inner} })()`)
}

it('finds it in every construct inside every other', () => {
  const [change = ''] = changes
  // What stands for the whole of an expression only means something else further in.
  const nestable = Object.entries(constructs).filter(
    ([name]) => !/^through (?:this|arguments|a rest)$/.test(name),
  )
  const missed = nestable.flatMap(([outer, wrapOuter]) =>
    nestable
      .filter(([, wrapInner]) => !isFound(migration(nested(wrapOuter, wrapInner(change)))))
      .map(([inner]) => `${inner} in ${outer}`),
  )

  expect(missed).toEqual([])
})

const drop = "k.schema.table('orders', (t) => t.dropColumn('state'))"

/** Ways to say what the way up is, and to say what is done. */
const whole: Readonly<Record<string, string>> = {
  'an arrow': `exports.up = (k) => ${drop}`,
  'one object': `module.exports = { up: (k) => ${drop}, down() {} }`,
  'a method of one object': `module.exports = { async up(k) { await ${drop} } }`,
  'a name in one object': `async function up(k) { await ${drop} }\nmodule.exports = { up }`,
  'module.exports.up': `module.exports.up = function (k) { return ${drop} }`,
  'an export': `export async function up(k) { await ${drop} }`,
  'an export of a constant': `export const up = async (k) => ${drop}`,
  'an export of a name': `const go = async (k) => ${drop}\nexport { go as up }`,
  'an export of all': "export * from './other'",
  'an export from another file': "export { up } from './other'",
  'a default': `export default { up: (k) => ${drop} }`,
  'from another file': "module.exports = require('./other')",
  'a function of another file': "const { up } = require('./other')\nexports.up = up",
  wrapped: `const wrap = require('./wrap')\nexports.up = wrap((k) => ${drop})`,
  'by a computed name': `exports['u' + 'p'] = (k) => ${drop}`,
  'by a name in brackets': `exports.up = () => {}\nexports['up'] = (k) => ${drop}`,
  'defined as a property': `exports.up = () => {}\nObject.defineProperty(exports, 'up', { value: (k) => ${drop} })`,
  assigned: `exports.up = () => {}\nObject.assign(exports, { up: (k) => ${drop} })`,
  'in a condition': `exports.up = () => {}\nif (process.env.X) exports.up = (k) => ${drop}`,
  twice: `exports.up = () => {}\nexports.up = (k) => ${drop}`,
  'in a name that changes': `let go = () => {}\nif (process.env.X) go = (k) => ${drop}\nexports.up = go`,
  'of a class': `class Up { up(k) { return ${drop} } }\nmodule.exports = new Up()`,
  'when the file is loaded': `const k = require('../db')\n${drop}\nexports.up = () => {}`,
  'behind what is no JavaScript': `exports.up = (k) => { ${drop}`,
  'in nothing at all': '',
  'translated from TypeScript': `"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.down = exports.up = void 0;\nconst up = (k) => ${drop};\nexports.up = up;`,
  'a table of no known name':
    "exports.up = (k) => k.schema.table(process.env.X, (t) => t.dropColumn('state'))",
  'a column of no known name':
    "exports.up = (k) => k.schema.table('orders', (t) => t.dropColumn(process.env.X))",
  'columns of no known names':
    "exports.up = (k) => k.schema.table('orders', (t) => t.dropColumns(...process.argv))",
  'a method of no known name':
    "exports.up = (k) => k.schema.table('orders', (t) => t[process.env.X]('state'))",
  'a method by its name':
    "exports.up = (k) => k['schema']['table']('orders', (t) => t['dropColumn']('state'))",
  'a method taken off':
    "exports.up = ({ schema }) => schema.table('orders', (t) => { const { dropColumn } = t; dropColumn('state') })",
  'a function of another file for a table':
    "exports.up = (k) => k.schema.table('orders', require('./orders'))",
  'a helper of another file for a table':
    "const help = require('./help')\nexports.up = (k) => k.schema.table('orders', (t) => { help(t) })",
  'a helper for a table':
    "const help = (t) => t.dropColumn('state')\nexports.up = (k) => k.schema.table('orders', help)",
  'a helper of another file': "const help = require('./help')\nexports.up = async (k) => { await help(k) }",
  'a helper of another file in an object':
    "const help = require('./help')\nexports.up = async (k) => { await help({ k }) }",
  'names in a loop':
    "exports.up = async (k) => { for (const c of ['a', 'state']) await k.schema.table('orders', (t) => { t.dropColumn(c) }) }",
  'names in a list that grows':
    "exports.up = async (k) => { const cs = ['a']; cs.push('state'); for (const c of cs) await k.schema.table('orders', (t) => { t.dropColumn(c) }) }",
  'names in a list that grows elsewhere':
    "const add = (l) => l.push('state')\nexports.up = async (k) => { const cs = ['a']; add(cs); for (const c of cs) await k.schema.table('orders', (t) => { t.dropColumn(c) }) }",
  'names in a list under two names':
    "exports.up = async (k) => { const cs = []; const ds = cs; ds.push('state'); for (const c of cs) await k.schema.table('orders', (t) => { t.dropColumn(c) }) }",
  'names in a list that grows in a loop':
    "exports.up = async (k) => { const cs = []; while (process.env.X) { for (const c of cs) await k.schema.table('orders', (t) => { t.dropColumn(c) }); cs.push('state') } }",
  'a name under a name that hides another':
    "exports.up = async (k) => { const t = 'orders'; { const t = 'x' } await k.schema.table(t, (b) => { b.dropColumn('state') }) }",
  'SQL of a file': "exports.up = (k) => k.raw(require('fs').readFileSync('x.sql', 'utf8'))",
  'SQL with bindings': "exports.up = (k) => k.raw('ALTER TABLE ?? DROP COLUMN ??', ['orders', 'state'])",
  'SQL with names': "exports.up = (k) => k.raw('ALTER TABLE :t: DROP COLUMN state', { t: 'orders' })",
  'SQL that is joined': "exports.up = (k) => k.raw(['ALTER TABLE orders', 'DROP COLUMN state'].join(' '))",
  'SQL in a tagged template':
    "import { sql } from '../db'\nexport const up = () => sql`ALTER TABLE orders DROP COLUMN state`",
  'SQL through the client':
    "exports.up = (k) => k.client.query(null, 'ALTER TABLE orders DROP COLUMN state')",
  'SQL of a query': "exports.up = (k) => k.select(k.raw('drop_state()'))",
  'a text that runs': "exports.up = async (k) => { eval('k.schema.dropTable(1)') }",
  'a function from a text':
    "exports.up = async (k) => { await new Function('k', 'return k.schema.dropTable(1)')(k) }",
  'very deep': `exports.up = (k) => k.raw(${"'' + ".repeat(3000)} 'ALTER TABLE orders DROP COLUMN state')`,
  'very long': `exports.up = async (k) => { ${'for (const a of [1,2,3,4,5,6,7,8,9]) '.repeat(8)} { 1 }\nawait ${drop} }`,
}

it('finds it however the file and the call are written', () => {
  const missed = Object.entries(whole).flatMap(([name, text]) => (isFound(text) ? [] : [name]))

  expect(missed).toEqual([])
  expect(
    isFound(
      `import type { Knex } from 'knex'\nexport async function up(k: Knex): Promise<void> { await ${drop}! as any }`,
      'migrations/1_x.ts',
    ),
  ).toBe(true)
})

it('would notice what is missed', () => {
  const quiet = [
    '// knex.schema.dropTable("orders")',
    "await knex.schema.table('shops', (t) => { t.dropColumn('state') })",
    "const rows = await knex('orders').select('id').where(knex.raw('lower(state) = ?', ['x']))\nfor (const row of rows) await knex('orders').where({ id: row.id }).update({ state: knex.raw('lower(state)') })",
    'console.log(JSON.stringify({ a: [1] }), new Date().toISOString(), process.env.X?.length)',
    "if (!(await knex.schema.hasColumn('orders', 'state'))) await knex.schema.table('orders', (t) => t.text('state').defaultTo(knex.raw('now()')))",
    "const names = ['a', 'b'].map((x) => x.toUpperCase())\nlet n = 0\nfor (const x of names) n += x.length",
  ]

  expect(quiet.filter((body) => isFound(migration(body)))).toEqual([])
})
