import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type LanesConfig, parseLanesYaml } from '@conduct/config'
import { errorCodes, findingCodes, isConductError, reviewCodes } from '@conduct/core'
import { commandEntries } from '../commands.ts'
import { findConfig } from '../estate/find-config.ts'
import type { NamesOf } from './propose.ts'
import { sectionNames } from '../doctor/section-names.ts'
import { topics } from '../help/topics.ts'
import { shellKind, shells } from './scripts.ts'

/** What `conduct help` takes. */
export const helpKind = 'page, command or code'
/** What `conduct doctor` takes. */
export const sectionKind = 'section'
const codes = [errorCodes, findingCodes, reviewCodes].flatMap((table) => Object.keys(table))
const firstWords = [...new Set(commandEntries.map(({ name }) => name.split(' ')[0] ?? name))]

/**
 * Names as lanes.yaml has them, the one that the typed words mean (`-C`, `-c`). No store is opened and no other
 * repository is read: who types waits for it. Where there is no valid lanes.yaml there are no names.
 */
export function namesFor(words: readonly string[], cwd: string): NamesOf {
  let config: LanesConfig | null | undefined
  const declared = (): LanesConfig | null => {
    if (config === undefined) config = readDeclared(words, cwd)
    return config
  }
  return async (kind) => {
    switch (kind) {
      case 'lane':
      case 'lane and command':
        return [...(declared()?.lanes.keys() ?? [])]
      case 'repo':
        return [...(declared()?.repos.keys() ?? [])]
      case 'train':
        return [...(declared()?.trains.keys() ?? [])]
      case 'project':
        return declared()?.projects ?? []
      case 'flag':
        return [...new Set([...(declared()?.lanes.values() ?? [])].flatMap(({ triggers }) => triggers.flags))]
      case 'code':
        return codes
      case sectionKind:
        return sectionNames
      case helpKind:
        return [...topics.map(({ name }) => name), ...firstWords, ...codes]
      case shellKind:
        return shells
      default:
        return []
    }
  }
}

function readDeclared(words: readonly string[], cwd: string): LanesConfig | null {
  try {
    const folder = resolve(cwd, valueOf(words, ['-C', '--cwd']) ?? '.')
    const location = findConfig({ flag: valueOf(words, ['-c', '--config']), cwd: folder })
    if (location.kind !== 'file') return null
    return parseLanesYaml({ file: location.path, text: readFileSync(location.path, 'utf8') }).config
  } catch (error) {
    // No lanes.yaml, two of them, or one that cannot be read: the command itself will say so.
    if (isConductError(error) || (error instanceof Error && 'code' in error)) return null
    throw error
  }
}

function valueOf(words: readonly string[], flags: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => flags.includes(word))
  return at === -1 ? undefined : words[at + 1]
}
