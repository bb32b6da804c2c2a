import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

/** Where everything of an estate lies; all of it below one folder, all of it thrown away with it. */
export function layoutOf(dir: string) {
  return {
    dir,
    lanesYaml: join(dir, 'lanes.yaml'),
    /** What the estate is: names, addresses. */
    estateFile: join(dir, 'estate.json'),
    /** Who serves it now; gone when nobody does. */
    serverFile: join(dir, 'server.json'),
    serverLog: join(dir, 'server.log'),
    attempts: join(dir, 'attempts.ndjson'),
    store: join(dir, 'store', 'state.db'),
    remote: (repo: string) => join(dir, 'remotes', `${repo}.git`),
    checkout: (repo: string) => join(dir, 'checkouts', repo),
    registry: join(dir, 'registry'),
    /** What is staged at the registry and waits for a person. */
    staged: join(dir, 'staged'),
    /** What was pushed to the gem server. */
    gems: join(dir, 'gems'),
    /** What is attested of published versions. */
    attestations: join(dir, 'attestations'),
    platform: join(dir, 'platform'),
    /** The signing key of somebody who approves. */
    keyOf: (person: string) => join(dir, 'people', person),
    /** Where a maintainer types: their own npm configuration. */
    maintainer: join(dir, 'people', 'maintainer'),
    npmCache: join(dir, 'cache', 'npm'),
    pnpmStore: join(dir, 'cache', 'pnpm'),
  } as const
}

export type Layout = ReturnType<typeof layoutOf>

/** Two rehearsals never share anything kept by name, also when machines that never meet share one store. */
export function newEstateName(): string {
  return `rehearsal-${randomBytes(6).toString('hex')}`
}
