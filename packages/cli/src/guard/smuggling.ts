import { isConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { ChangeFlags } from './flags.ts'
import type { ReadChange } from './read-change.ts'

/** What changes the schema on the sly, and what could not be looked into: silence about that would mean nothing. */
export interface Smuggling {
  readonly signals: readonly {
    /** One of the planner's, or `duplicate_of_batch`. */
    readonly kind: string
    readonly place: { readonly file: string; readonly line: number }
    readonly why: string
    readonly remedy: string
  }[]
  readonly unknown: readonly string[]
}

export const noSmuggling: Smuggling = { signals: [], unknown: [] }

/** Files that can say anything of a schema; wider than what the planner looks at, which does not load for any other. */
const mayMatter =
  /\.(?:rb|rake|thor|ru|sql|prisma|py|[cm]?[jt]sx?|lock|locked)$|(?:^|\/)(?:Rakefile|Thorfile|package\.json|requirements[\w.-]*\.txt)$/

export interface Smuggler {
  readonly context: CommandContext
  readonly loaded: LoadedConfig
  readonly read: ReadChange
  readonly flags: Pick<ChangeFlags, 'flag' | 'task'>
}

/** Where no lane is one of schema changes, nothing can be smuggled past it. */
export async function findSmuggling(smuggler: Smuggler): Promise<Smuggling> {
  const { loaded, read } = smuggler
  if ([...loaded.config.lanes.values()].every(({ batching }) => batching === null)) return noSmuggling
  const works = read.works().flatMap((work) => {
    const paths = work.paths.filter((path) => mayMatter.test(path))
    return paths.length === 0 ? [] : [{ ...work, paths }]
  })
  if (works.length === 0) return noSmuggling
  // The planner and its parsers load for those only whose files can need them.
  const { smuggledBy } = await import('./smuggled-by.ts')
  try {
    return await smuggledBy(smuggler, works)
  } catch (error) {
    if (!isConductError(error)) throw error
    return { signals: [], unknown: [`what these files smuggle: ${error.message}`] }
  }
}
