import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConductError } from '@conduct/core'
import { hasBlock, hookNames, isOwnHook, lefthookLocal } from '@conduct/guard'
import type { CommandContext } from '../command.ts'
import { readGitConfig } from '../estate/git-config.ts'
import { launchHere } from '../estate/launch.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { findHookPlace, type HookPlace } from '../guard/hook-place.ts'
import { findGuarded } from '../guard/repository.ts'
import { type DoctorCheck, okCheck } from './check.ts'
import type { Found } from './look.ts'

/** Whether git asks the guard in the repository one stands in, and whether what it would start is still there. */
export function lookAtGuard(context: CommandContext, loaded: LoadedConfig): Found {
  let place: HookPlace
  try {
    place = findHookPlace(context.cwd)
  } catch (error) {
    if (!isConductError(error, 'GUARD_NO_REPOSITORY')) throw error
    return 'You do not stand in a repository.'
  }
  const { repo, top } = findGuarded(context, loaded, {})
  const about = repo === null ? (top ?? context.cwd) : `${repo}, ${top ?? context.cwd}`
  const launcher = launchHere(context, loaded.address)
  return [{ section: 'guard', about, checks: [hooksCheck(place, { repo, launcher, cwd: context.cwd })] }]
}

function hooksCheck(
  place: HookPlace,
  { repo, launcher, cwd }: { readonly repo: string | null; readonly launcher: string; readonly cwd: string },
): DoctorCheck {
  const missing = missingHooks(place)
  const install = `To be stopped at commit and push:\n${launcher} guard install`
  if (missing.length === hookNames.length) {
    const detail = 'No hooks of conduct are here: the guard is asked only where somebody types it, and by CI.'
    return okCheck('hooks', detail, repo === null ? null : install)
  }
  if (missing.length > 0) {
    const detail = `The hook of ${missing.join(', ')} is not ours any more.`
    return { check: 'hooks', verdict: 'failed', detail, remedy: install }
  }
  const words = readGitConfig('conduct.launcher', cwd) ?? ''
  const gone = pathsIn(words).filter((path) => !existsSync(path))
  if (words === '' || gone.length > 0) {
    const why = words === '' ? 'do not say what to start' : `would start ${gone.join(' and ')}, which is gone`
    return { check: 'hooks', verdict: 'failed', detail: `The hooks ${why}.`, remedy: install }
  }
  return okCheck('hooks', 'Git asks the guard before every commit and push here.')
}

function missingHooks(place: HookPlace): readonly string[] {
  switch (place.kind) {
    case 'lefthook':
      return textOf(join(place.top, lefthookLocal.file)) === lefthookLocal.text ? [] : hookNames
    case 'folder':
      return hookNames.filter((hook) => !isOwnHook(textOf(join(place.folder, hook))))
    case 'files':
      return hookNames.filter((hook) => !hasBlock(textOf(join(place.folder, hook))))
    default:
      return place satisfies never
  }
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Absolute paths among words as a shell reads them; `installed.ts` writes each plain or in single quotes. */
function pathsIn(words: string): readonly string[] {
  return [...words.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)]
    .map(([, quoted, plain]) => quoted?.replaceAll(String.raw`'\''`, "'") ?? plain ?? '')
    .filter((word) => word.startsWith('/'))
}
