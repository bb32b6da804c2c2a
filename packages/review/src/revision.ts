import { type LanesConfig, type LanesSource, type Locate, locateIn } from '@conduct/config'

/** A lanes.yaml without errors, with every default filled in, and where each value comes from. */
export interface Revision {
  readonly config: LanesConfig
  /** Takes the path of a value in `config`. */
  readonly locate: Locate
}

export function toRevision(source: LanesSource, config: LanesConfig): Revision {
  const locate = locateIn(source)
  return { config, locate: (path) => locate(pathInFile(path)) }
}

const sectionsOfNames = new Set(['people', 'repos', 'lanes', 'candidates', 'trains'])

/** `lanes, x, lease, ttlMs` → `lanes, x, lease, ttl`: the keys of the file, but no name that somebody chose. */
function pathInFile(path: readonly (string | number)[]): readonly (string | number)[] {
  const isNamed = sectionsOfNames.has(String(path[0]))
  return path.map((part, at) =>
    typeof part === 'number' || (at === 1 && isNamed)
      ? part
      : part.replace(/(?<=[a-z])Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  )
}
