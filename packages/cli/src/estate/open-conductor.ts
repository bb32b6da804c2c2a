import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Conductor, createConductor } from '@conduct/conductor'
import { openForges } from '@conduct/forge'
import { cacheHome } from '@conduct/git'
import { stateHome, systemClock } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import { quoteWord } from '../quote-word.ts'
import { killAt } from './kill-at.ts'
import type { LoadedConfig } from './load-config.ts'
import { type Estate, openEstate } from './open-estate.ts'

/** An estate with the conductor over it. */
export interface ConductedEstate extends Estate {
  readonly conductor: Conductor
  /** Reports and other records of this estate on this machine. */
  readonly stateDir: string
  /** As it is typed; null: whoever signs has their key in their agent. */
  readonly keyFile: string | null
}

/** @throws ConductError as `openEstate` */
export async function openConductor(
  context: CommandContext,
  loaded?: LoadedConfig,
  options: { readonly isReadOnly?: boolean } = {},
): Promise<ConductedEstate> {
  const estate = await openEstate(context, loaded, options)
  const stateDir = join(stateHome(context.env), estate.config.estate)
  const hit = killAt(context.env)
  const keyFile = keyOfRehearsal(context)
  const conductor = createConductor({
    config: estate.config,
    configPath: localConfigPath(estate, context),
    configText: estate.configText,
    store: estate.store,
    lanes: estate.lanes,
    identity: estate.identity,
    clock: systemClock,
    emit: context.emit,
    cacheDir: cacheHome(context.env),
    stateDir,
    launcher: estate.launcher,
    launcherForOthers: estate.launcherForOthers,
    ...(keyFile === null ? {} : { keyFile }),
    signal: context.signal,
    askForge: openForges({ env: context.env, clock: systemClock, signal: context.signal }),
    redact: context.redact,
    ...(hit === null ? {} : { hit }),
  })
  return { ...estate, conductor, stateDir, keyFile }
}

/** In a rehearsal whoever signs has their key in a file: what is printed has to work as it stands. */
function keyOfRehearsal({ env }: CommandContext): string | null {
  const file = env['CONDUCT_REHEARSE_KEY'] ?? ''
  return file === '' ? null : quoteWord(file)
}

/** A lanes.yaml that was read from another repository gets a copy to be named by; it is used as it was read. */
function localConfigPath(estate: Estate, context: CommandContext): string {
  if (!estate.configAddress.startsWith('git+')) return estate.configAddress
  const name = createHash('sha256').update(estate.configAddress).digest('hex').slice(0, 16)
  const folder = join(cacheHome(context.env), 'configs', name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'lanes.yaml')
  writeFileSync(path, estate.configText)
  return path
}
