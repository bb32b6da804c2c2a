import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import {
  hasBlock,
  type HookName,
  hookNames,
  isOwnHook,
  keptSuffix,
  lefthookLocal,
  ownHook,
  sharedBlock,
  withBlock,
  withoutBlock,
} from '@conduct/guard'
import type { HookPlace } from './hook-place.ts'

export interface HookChange {
  readonly file: string
  readonly did: 'written' | 'chained' | 'extended' | 'already' | 'removed' | 'restored' | 'left'
}

/** @throws ConductError GUARD_NOT_INSTALLED  with the lines that would have been written */
export function installHooks(place: HookPlace): readonly HookChange[] {
  switch (place.kind) {
    case 'folder':
      mkdirSync(place.folder, { recursive: true })
      return hookNames.map((hook) => chain(join(place.folder, hook), hook))
    case 'files':
      mkdirSync(place.folder, { recursive: true })
      return hookNames.map((hook) => extend(join(place.folder, hook), hook))
    case 'lefthook':
      return [writeLefthook(join(place.top, lefthookLocal.file))]
    default:
      return place satisfies never
  }
}

/** Whatever stands there afterwards is what stood there before, to the byte. */
export function uninstallHooks(place: HookPlace): readonly HookChange[] {
  switch (place.kind) {
    case 'folder':
      // Other repositories may rely on it; without `conduct.launcher` it does nothing here.
      return hookNames.map((hook) =>
        place.isShared ? left(place.folder, hook) : unchain(join(place.folder, hook)),
      )
    case 'files':
      return hookNames.map((hook) => shorten(join(place.folder, hook)))
    case 'lefthook':
      return [removeLefthook(join(place.top, lefthookLocal.file))]
    default:
      return place satisfies never
  }
}

function chain(file: string, hook: HookName): HookChange {
  const isThere = lstatSync(file, { throwIfNoEntry: false }) !== undefined
  if (isThere && isOwnHook(readIfThere(file) ?? '')) {
    writeScript(file, ownHook(hook))
    return { file, did: 'already' }
  }
  if (isThere) {
    if (existsSync(file + keptSuffix)) throw notInstalled(`${file}${keptSuffix} is in the way`, ownHook(hook))
    renameSync(file, file + keptSuffix)
  }
  writeScript(file, ownHook(hook))
  return { file, did: isThere ? 'chained' : 'written' }
}

function unchain(file: string): HookChange {
  if (!isOwnHook(readIfThere(file) ?? '')) return { file, did: 'left' }
  const isKept = lstatSync(file + keptSuffix, { throwIfNoEntry: false }) !== undefined
  if (isKept) renameSync(file + keptSuffix, file)
  else rmSync(file)
  return { file, did: isKept ? 'restored' : 'removed' }
}

function extend(file: string, hook: HookName): HookChange {
  const before = readIfThere(file)
  if (before === null) {
    writeScript(file, `#!/bin/sh\n${sharedBlock(hook)}`)
    return { file, did: 'written' }
  }
  if (hasBlock(before)) return { file, did: 'already' }
  const after = withBlock(before, hook)
  if (after === null) throw notInstalled(`${file} is no script of a shell`, sharedBlock(hook))
  writeFileSync(file, after)
  return { file, did: 'extended' }
}

function shorten(file: string): HookChange {
  const before = readIfThere(file)
  if (before === null || !hasBlock(before)) return { file, did: 'left' }
  const after = withoutBlock(before)
  if (after === '#!/bin/sh\n') rmSync(file)
  else writeFileSync(file, after)
  return { file, did: after === '#!/bin/sh\n' ? 'removed' : 'restored' }
}

function writeLefthook(file: string): HookChange {
  const before = readIfThere(file)
  if (before === lefthookLocal.text) return { file, did: 'already' }
  if (before !== null) throw notInstalled(`${file} has settings already`, lefthookLocal.text)
  writeFileSync(file, lefthookLocal.text)
  return { file, did: 'written' }
}

function removeLefthook(file: string): HookChange {
  if (readIfThere(file) !== lefthookLocal.text) return { file, did: 'left' }
  rmSync(file)
  return { file, did: 'removed' }
}

function left(folder: string, hook: HookName): HookChange {
  return { file: join(folder, hook), did: 'left' }
}

function notInstalled(why: string, lines: string): ConductError {
  return new ConductError('GUARD_NOT_INSTALLED', why, {
    hint: `Nothing was written there. Add this yourself:\n${lines}`,
    details: { lines },
  })
}

function writeScript(file: string, text: string): void {
  writeFileSync(file, text)
  chmodSync(file, 0o755)
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
