import type { Topic } from './topic.ts'
import { fencing, lanes, stores } from './topics/about-lanes.ts'
import { agents, errors, exitCodesTopic, promises } from './topics/about-programs.ts'
import { batching, guarding, lanesYaml, work } from './topics/about-rules.ts'
import { approvals, resuming, trains } from './topics/about-trains.ts'

/** In the order in which somebody new reads them. None is called as a command is: the help of a command is its own. */
export const topics: readonly Topic[] = [
  lanes,
  lanesYaml,
  guarding,
  agents,
  trains,
  resuming,
  approvals,
  batching,
  work,
  stores,
  fencing,
  exitCodesTopic,
  errors,
  promises,
]

/** Names of pages that tell more than the help of a command, or of a noun. */
export function topicsOf(command: string): readonly string[] {
  return topics.flatMap(({ name, commands }) =>
    commands.some((each) => each === command || each.startsWith(`${command} `)) ? [name] : [],
  )
}
