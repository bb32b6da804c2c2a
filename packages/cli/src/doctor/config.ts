import { type ConductError, isConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import { launch } from '../estate/launch.ts'
import { type LoadedConfig, loadConfig } from '../estate/load-config.ts'
import { type DoctorSection, failedCheck, okCheck } from './check.ts'

export interface ConfigLook {
  readonly loaded: LoadedConfig | null
  readonly section: DoctorSection
  /** Why there is nothing of it, for parts that need it; null: it is there. */
  readonly missing: string | null
  /** Why commands that need it cannot go on; null: they can. */
  readonly error: ConductError | null
}

/** Without a lanes.yaml the doctor looks at the machine alone; one that is wrong ends with its own exit code. */
export async function lookAtConfig(context: CommandContext): Promise<ConfigLook> {
  try {
    const loaded = await loadConfig(context)
    return { loaded, section: found(loaded, launch(context, loaded.address)), missing: null, error: null }
  } catch (error) {
    if (!isConductError(error)) throw error
    const isOptional = error.code === 'CONFIG_NOT_FOUND' && context.global.config === undefined
    return isOptional
      ? { loaded: null, section: none(error), missing: 'There is no lanes.yaml here.', error }
      : {
          loaded: null,
          section: wrong(context, error),
          missing: 'lanes.yaml cannot be read, or is wrong.',
          error,
        }
  }
}

function found({ config, address, findings }: LoadedConfig, launcher: string): DoctorSection {
  const contents = `${counted(config.repos.size, 'repo')}, ${counted(config.lanes.size, 'lane')}, ${counted(config.trains.size, 'train')}`
  const warnings = findings.length === 0 ? '' : `; ${counted(findings.length, 'warning')}`
  const remedy = findings.length === 0 ? null : `To see them:\n${launcher} check`
  return {
    section: 'config',
    about: address,
    checks: [okCheck('lanes.yaml', `It declares ${contents}${warnings}.`, remedy)],
  }
}

function none({ message, hint }: ConductError): DoctorSection {
  const what = message.slice(0, 1).toUpperCase() + message.slice(1)
  const detail = `${what}: this machine alone was looked at, and no remote, registry or forge.`
  return {
    section: 'config',
    about: 'none',
    checks: [{ check: 'lanes.yaml', verdict: 'unknown', detail, remedy: hint }],
  }
}

function wrong(context: CommandContext, error: ConductError): DoctorSection {
  const isInvalid = error.code === 'CONFIG_INVALID'
  const check = failedCheck('lanes.yaml', error)
  const remedy = isInvalid
    ? `To see each with its place:\n${launch(context, context.global.config ?? null)} check`
    : null
  return {
    section: 'config',
    about: context.global.config ?? context.cwd,
    checks: [{ ...check, remedy: remedy ?? check.remedy }],
    error,
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
