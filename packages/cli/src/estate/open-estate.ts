import type { LanesConfig } from '@conduct/config'
import { ConductError, type Identity, nearest } from '@conduct/core'
import { type Lane, type Lanes, type Store, openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import { resolveIdentity } from './identity.ts'
import { toLaneDefinition } from './lane-definition.ts'
import { launch, launchHere } from './launch.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import { readOnlyStore } from './read-only-store.ts'

/** What commands about lanes and trains start from; disposing closes the store. */
export interface Estate extends AsyncDisposable {
  readonly config: LanesConfig
  /** Absolute path of lanes.yaml, or its `git+URL#ref`. */
  readonly configAddress: string
  readonly configText: string
  readonly store: Store
  readonly lanes: Lanes
  readonly identity: Identity
  /** The start of every printed command. */
  readonly launcher: string
  /** The same for somebody else: it names nobody. */
  readonly launcherForOthers: string
  /** The start of those that renew, release or take up a claim of this folder. */
  readonly launcherHere: string
}

/**
 * @param loaded lanes.yaml, where the command looked at it first: arguments are held against it before the store opens.
 * @throws ConductError CONFIG_*, STORE_*, USAGE (a name that is none)
 */
export async function openEstate(
  context: CommandContext,
  loaded?: LoadedConfig,
  options: { readonly isReadOnly?: boolean } = {},
): Promise<Estate> {
  const { config, address, text } = loaded ?? (await loadConfig(context))
  const identity = identityWhenAsked(context, new Set(config.people.keys()))
  const opened = await openStore(config.store, { estate: config.estate, env: context.env })
  const store = options.isReadOnly === true ? readOnlyStore(opened) : opened
  const parentClaim = context.env['CONDUCT_CLAIM']
  const lanes = openLanes({
    store,
    estate: config.estate,
    definitions: new Map([...config.lanes].map(([name, lane]) => [name, toLaneDefinition(lane)])),
    identity,
    clock: systemClock,
    emit: context.emit,
    ...(parentClaim === undefined || parentClaim === '' ? {} : { parentClaim }),
  })
  const { as: _, ...withoutName } = context.global
  return {
    config,
    configAddress: address,
    configText: text,
    store,
    lanes,
    identity,
    launcher: launch(context, address),
    launcherForOthers: launch({ ...context, global: withoutName }, address),
    launcherHere: launchHere(context, address),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** Who only looks is never asked who they are: finding out runs git. A name that was given is checked at once. */
function identityWhenAsked(context: CommandContext, people: ReadonlySet<string>): Identity {
  const { cwd, env } = context
  const resolve = () => resolveIdentity({ as: context.global.as, cwd, env, people })
  let known = context.global.as === undefined ? null : resolve()
  const identity = () => (known ??= resolve())
  return {
    get holder() {
      return identity().holder
    },
    get person() {
      return identity().person
    },
  }
}

/** @throws ConductError LANE_UNKNOWN (4) */
export function laneOf(estate: Estate, name: string): Lane {
  requireLane(estate.config, name)
  return estate.lanes.lane(name)
}

/** @throws ConductError LANE_UNKNOWN (4) */
export function requireLane(config: LanesConfig, name: string): void {
  if (config.lanes.has(name)) return
  const names = [...config.lanes.keys()]
  const near = nearest(name, names)
  throw new ConductError('LANE_UNKNOWN', `lanes.yaml declares no lane ${JSON.stringify(name)}`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}Declared lanes: ${names.join(', ') || 'none'}.`,
  })
}
