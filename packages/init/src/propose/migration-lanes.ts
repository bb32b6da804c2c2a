/** One lane per way of writing schema changes, over the repositories that have it. */
import type { MigrationFact, RepoFacts } from '../facts.ts'

export interface MigrationLane {
  readonly name: string
  /** Of a task that needs it; no two lanes share one. */
  readonly flag: string
  readonly kind: MigrationFact['kind']
  /** Tools, as people call them. */
  readonly tools: readonly string[]
  readonly repos: readonly string[]
  readonly paths: readonly string[]
  readonly commands: readonly string[]
  readonly isSure: boolean
  readonly verify: string | null
  readonly remarks: readonly string[]
}

export function proposeMigrationLanes(repos: readonly RepoFacts[]): readonly MigrationLane[] {
  const found = repos.flatMap(({ key, migrations }) => migrations.map((fact) => ({ key, fact })))
  const groups = Map.groupBy(found, ({ fact }) => `${fact.kind} ${String(fact.isSure)}`)
  const taken = new Set<string>()
  // The preset of Rails has the flag that everybody knows; else the first has it.
  const plainKind = found.some(({ fact }) => fact.kind === 'rails') ? 'rails' : found[0]?.fact.kind
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { kind, isSure } = first.fact
    const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)]
    const facts = group.map(({ fact }) => fact)
    const verifies = unique(facts.map(({ verify }) => verify))
    const plain = kind === 'postgres' || kind === 'mysql' ? 'sql_migrations' : `${kind}_migrations`
    const name = taken.has(plain) ? `more_${kind}_migrations` : plain
    taken.add(name)
    return [
      {
        name,
        flag:
          kind === plainKind && name === plain ? 'requires_migration' : `requires_${name.replace(/s$/, '')}`,
        kind,
        isSure,
        tools: unique(facts.map(({ tool }) => tool)),
        repos: unique(group.map(({ key }) => key)),
        paths: unique(facts.flatMap(({ paths }) => paths)),
        commands: unique(facts.flatMap(({ commands }) => commands)),
        verify: verifies.length === 1 ? (verifies[0] ?? null) : null,
        remarks: unique(facts.flatMap(({ remark }) => remark ?? [])),
      },
    ]
  })
}
