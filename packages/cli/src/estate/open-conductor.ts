import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { type Conductor, createConductor } from '@conduct/conductor'
import { stateHome, systemClock } from '@conduct/lanes'
import type { CommandContext } from '../command.ts'
import { killAt } from './kill-at.ts'
import type { LoadedConfig } from './load-config.ts'
import { type Estate, openEstate } from './open-estate.ts'

/** An estate with the conductor over it. */
export interface ConductedEstate extends Estate {
  readonly conductor: Conductor
  /** Reports and other records of this estate on this machine. */
  readonly stateDir: string
}

/** @throws ConductError as `openEstate` */
export async function openConductor(
  context: CommandContext,
  loaded?: LoadedConfig,
): Promise<ConductedEstate> {
  const estate = await openEstate(context, loaded)
  const stateDir = join(stateHome(context.env), estate.config.estate)
  const hit = killAt(context.env)
  const conductor = createConductor({
    config: estate.config,
    configPath: estate.configAddress,
    configText: estate.configText,
    store: estate.store,
    lanes: estate.lanes,
    identity: estate.identity,
    clock: systemClock,
    emit: context.emit,
    cacheDir: join(cacheHome(context.env), 'conduct'),
    stateDir,
    launcher: estate.launcher,
    signal: context.signal,
    ...(hit === null ? {} : { hit }),
  })
  return { ...estate, conductor, stateDir }
}

function cacheHome(env: Readonly<Record<string, string | undefined>>): string {
  const declared = env['XDG_CACHE_HOME']
  return declared !== undefined && isAbsolute(declared) ? declared : join(env['HOME'] ?? homedir(), '.cache')
}
