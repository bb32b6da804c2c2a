import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConductError } from '@conduct/core'
import { type AgentName, agents, type AgentSettings, keptSuffix, withHook, withoutHook } from '@conduct/guard'
import type { HookChange } from './install-hooks.ts'

export const declaredAgents = agents.flatMap(({ name, settings }) =>
  settings === null ? [] : [{ name, settings }],
)

/**
 * Adds our hook to an agent's settings, and keeps what they were beside them: taking it out again gives that back to the byte,
 * unless somebody has changed them since.
 *
 * @throws ConductError GUARD_NOT_INSTALLED  the settings are not plain JSON
 */
export function installAgent(
  top: string,
  { name, launcher }: { readonly name: AgentName; readonly launcher: string },
): HookChange {
  const settings = settingsOf(name)
  const file = join(top, settings.file)
  const before = readIfThere(file)
  const present = parsed(file, before ?? '{}')
  const after = serialised(withHook(present, { name, settings, launcher }))
  if (before === after) return { file, did: 'already' }
  const isOurs = JSON.stringify(withoutHook(present, { name, settings })) !== JSON.stringify(present)
  mkdirSync(dirname(file), { recursive: true })
  if (before !== null && !isOurs) writeFileSync(file + keptSuffix, before)
  writeFileSync(file, after)
  return { file, did: before === null ? 'written' : 'extended' }
}

export function uninstallAgent(top: string, name: AgentName): HookChange {
  const settings = settingsOf(name)
  const file = join(top, settings.file)
  const text = readIfThere(file)
  if (text === null) return { file, did: 'left' }
  const present = parsed(file, text)
  const after = withoutHook(present, { name, settings })
  if (JSON.stringify(after) === JSON.stringify(present)) return { file, did: 'left' }
  const kept = readIfThere(file + keptSuffix)
  rmSync(file + keptSuffix, { force: true })
  if (kept !== null && isSame({ ...settings.base, ...(parsed(file, kept) as object) }, after)) {
    writeFileSync(file, kept)
    return { file, did: 'restored' }
  }
  if (kept === null && isSame(after, settings.base)) {
    rmSync(file)
    return { file, did: 'removed' }
  }
  writeFileSync(file, serialised(after))
  return { file, did: 'restored' }
}

function settingsOf(name: AgentName): AgentSettings {
  const settings = declaredAgents.find((each) => each.name === name)?.settings
  if (settings !== undefined) return settings
  throw new ConductError('GUARD_NOT_INSTALLED', `${name} has no settings that conduct knows`, {
    hint: `Let it start, before a tool is used: conduct guard --hook ${name}`,
  })
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConductError('GUARD_NOT_INSTALLED', `${file} is not plain JSON`, { cause })
  }
}

function serialised(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

function isSame(one: object, other: object): boolean {
  const plain = (value: object): string =>
    JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  return plain(one) === plain(other)
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
