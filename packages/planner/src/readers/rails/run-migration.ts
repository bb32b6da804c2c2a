import { callMethod } from './ruby/invoke.ts'
import type { Machine } from './ruby/machine.ts'
import type { RubyNode } from './ruby/node.ts'
import { findMethod, type RubyModule } from './ruby/scope.ts'
import { migration, type Value } from './ruby/value.ts'
import { rulesOf } from './schema/version-rules.ts'

/** A migration that replaces these says itself how it is carried out. */
const machinery = ['migrate', 'exec_migration', 'run', 'method_missing']

/** The file as a whole, for what is said of it. */
const wholeFile: RubyNode = { location: { startOffset: 0, length: 0 }, childNodes: () => [] }

/**
 * Runs the way up of the migration that the file defines; without one, the file is opaque.
 *
 * @param unversioned what a migration without a version means.
 */
export function runMigration(machine: Machine, unversioned: number): RubyModule | null {
  const candidates = modulesIn(machine.top).filter((module) => versionOf(module, unversioned) !== null)
  const parents = new Set(
    candidates.flatMap(({ superclass }) => (superclass?.type === 'module' ? [superclass.module] : [])),
  )
  const own = candidates.filter((module) => !parents.has(module))
  if (own.length === 0) {
    if (machine.operations.every((operation) => operation.kind !== 'opaque')) {
      machine.opaque(wholeFile, 'no migration is defined here')
    }
    return null
  }
  for (const module of own) runOne(machine, module, unversioned)
  return own[0] ?? null
}

function runOne(machine: Machine, module: RubyModule, unversioned: number): void {
  const node = wholeFile
  const version = versionOf(module, unversioned)
  if (version === 'unknown' || version === null) {
    const above = rootOf(module)
    machine.opaque(node, `${above}, what the migration is built on, is not in this file`)
  } else machine.setting = { ...machine.setting, rules: rulesOf(version) }
  machine.migrationClass = module
  for (const name of machinery) {
    if (findMethod(module, name, 'methods') !== null)
      machine.opaque(node, `the migration has a ${name} of its own`)
  }
  const found = (['methods', 'ownMethods'] as const)
    .flatMap((kind) =>
      ['change', 'up'].map((name) => ({ kind, name, found: findMethod(module, name, kind) })),
    )
    .find((each) => each.found !== null)
  if (found?.found == null) {
    if (hasUnreadAncestor(module)) machine.opaque(node, 'neither change nor up is in this file')
    return
  }
  const self: Value = found.kind === 'methods' ? migration : { type: 'module', module }
  machine.exit = null
  callMethod(
    machine,
    { ...found.found, name: found.name },
    { self, args: [], block: null, node, fields: new Map() },
  )
  machine.exit = null
  machine.maybe.clear()
}

function modulesIn(module: RubyModule, seen = new Set<RubyModule>()): readonly RubyModule[] {
  if (seen.has(module)) return []
  seen.add(module)
  const below = [...module.constants.values()].flatMap((value) =>
    value.type === 'module' ? modulesIn(value.module, seen) : [],
  )
  return [module, ...below]
}

/** The version in the brackets; `unknown` below a base that looks like one of migrations; null for what is no migration. */
function versionOf(module: RubyModule, unversioned: number): number | 'unknown' | null {
  const above = module.superclass
  if (above?.type === 'module') return versionOf(above.module, unversioned)
  const hasWay = ['change', 'up'].some((name) => module.methods.has(name) || module.ownMethods.has(name))
  if (above === null) return null
  if (above.type !== 'constant') return hasWay ? 'unknown' : null
  const [, bracket] = /^ActiveRecord::Migration(?:\[([\d.]+)\])?$/.exec(above.path) ?? [null, null]
  if (bracket !== null) return bracket === undefined ? unversioned : Number(bracket)
  return hasWay || /Migration/.test(above.path) ? 'unknown' : null
}

function rootOf(module: RubyModule): string {
  const above = module.superclass
  if (above?.type === 'module') return rootOf(above.module)
  return above?.type === 'constant' ? above.path : 'its superclass'
}

function hasUnreadAncestor(module: RubyModule): boolean {
  const above = module.superclass
  if (module.includes.some((each) => each.type !== 'module' || hasUnreadAncestor(each.module))) return true
  return above?.type === 'module' ? hasUnreadAncestor(above.module) : false
}
