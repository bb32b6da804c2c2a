/**
 * Whether a batch reaches what its tickets reach one after another, on databases of a real Postgres.
 *
 * Two databases start empty, get what is on the base, and then one gets the batch and the other its tickets. Equal means: every fact
 * of the catalog, and every row. What a migration tool writes down about its own runs is left out.
 */
import type { ScratchDatabase, ScratchServer } from './scratch-server.ts'

export interface VerifyStep {
  /** `base`, `batch`, or the ticket's name. */
  readonly name: string
  /** @returns why it failed; null when it did not. */
  readonly run: (database: ScratchDatabase) => Promise<string | null>
}

export interface Sides {
  readonly batch: readonly VerifyStep[]
  readonly tickets: readonly VerifyStep[]
}

export type Verification =
  | { readonly outcome: 'equal'; readonly facts: number }
  | {
      readonly outcome: 'different'
      /** What only one of the two has. */
      readonly onlyBatch: readonly string[]
      readonly onlyTickets: readonly string[]
    }
  | {
      readonly outcome: 'failed'
      readonly side: keyof Sides
      readonly step: string
      readonly problem: string
    }

/**
 * @param options.unlessAnything why it failed when a side left its database as empty as it was made: what runs the migrations may have run
 *   them elsewhere, and two databases that nobody touched are equal. Absent: an empty side is as good as any.
 */
export async function verifyBatch(
  server: ScratchServer,
  sides: Sides,
  { unlessAnything }: { readonly unlessAnything?: string } = {},
): Promise<Verification> {
  const reach = async (side: keyof Sides): Promise<readonly string[] | Verification> => {
    const database = await server.createDatabase()
    const empty = unlessAnything === undefined ? null : await database.facts()
    for (const step of sides[side]) {
      const problem = await step.run(database)
      if (problem !== null) return { outcome: 'failed', side, step: step.name, problem }
    }
    const facts = await database.facts()
    const isUntouched = empty !== null && without(facts, empty).length + without(empty, facts).length === 0
    if (isUntouched) {
      const step = sides[side].at(-1)?.name ?? side
      return { outcome: 'failed', side, step, problem: unlessAnything ?? '' }
    }
    return facts.filter((fact) => !isOwnRecord(fact))
  }
  const batch = await reach('batch')
  if ('outcome' in batch) return batch
  const tickets = await reach('tickets')
  if ('outcome' in tickets) return tickets
  const onlyBatch = without(batch, tickets)
  const onlyTickets = without(tickets, batch)
  if (onlyBatch.length + onlyTickets.length > 0) return { outcome: 'different', onlyBatch, onlyTickets }
  return { outcome: 'equal', facts: batch.length }
}

/** Rows of the tables in which tools write down which versions have run: those differ by design. */
function isOwnRecord(fact: string): boolean {
  return /^row (?:schema_migrations|ar_internal_metadata|flyway_schema_history|_prisma_migrations|knex_migrations(?:_lock)?|(?:drizzle\.)?__drizzle_migrations|django_migrations) /.test(
    fact,
  )
}

function without(facts: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return facts.filter((fact) => !known.has(fact))
}
