import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { ConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import { forgetGitSettings } from '../estate/git-config.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { quoteWord } from '../quote-word.ts'
import type { HookChange } from './install-hooks.ts'

/**
 * What hooks need to know on this machine, in the configuration of this clone: how conduct is started, where lanes.yaml is (unless
 * it is found from below), what it calls this repository (where nothing else tells).
 */
export function settingsFor(
  context: CommandContext,
  {
    loaded,
    top,
    repo,
  }: { readonly loaded: LoadedConfig; readonly top: string; readonly repo: string | undefined },
): Readonly<Record<string, string>> {
  const isWithin = !loaded.address.startsWith('git+') && !relative(top, loaded.address).startsWith('..')
  return {
    'conduct.launcher': hookLauncher(),
    ...(isWithin && context.global.config === undefined ? {} : { 'conduct.config': loaded.address }),
    ...(repo === undefined ? {} : { 'conduct.repo': repo }),
  }
}

/** Node and the program by their places: a hook has neither a package manager around it, nor time for one. */
export function hookLauncher(): string {
  return `${quoteWord(process.execPath)} ${quoteWord(realpathSync(process.argv[1] ?? 'conduct'))}`
}

export const settingNames = ['conduct.launcher', 'conduct.config', 'conduct.repo'] as const

/** @throws ConductError GIT_FAILED */
export function writeSetting(cwd: string, name: string, value: string | null): void {
  const args = value === null ? ['--unset-all', name] : ['--replace-all', name, value]
  const { status, stderr } = spawnSync('git', ['config', '--local', ...args], { cwd, encoding: 'utf8' })
  // 5: there was nothing to unset.
  if (status !== 0 && !(value === null && status === 5)) {
    throw new ConductError('GIT_FAILED', `git config ${name} failed: ${stderr.trim()}`)
  }
  forgetGitSettings()
}

const sentences: Readonly<Record<HookChange['did'], string>> = {
  written: 'written',
  chained: 'written; what stood there runs after it',
  extended: 'extended',
  already: 'there already',
  removed: 'removed',
  restored: 'as it was before',
  left: 'left as it is',
}

export function changesText(changes: readonly HookChange[]): string {
  return changes.map(({ file, did }) => `  ${file}: ${sentences[did]}\n`).join('')
}
