/** Names for lanes.yaml out of whatever others call their things. */
import { findSecrets } from '@conduct/config'

const lengthMax = 60

/** Letters, digits, `.`, `_` and `-`, beginning with a letter or a digit; `otherwise` where nothing is left. */
export function toName(text: string, otherwise: string): string {
  const name = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, lengthMax)
    .replace(/[._-]+$/, '')
  return name === '' || findSecrets(name).length > 0 ? otherwise : name
}

/** `git@github.com:acme/engine.git` → `engine`; the folder's own name works the same. */
export function repoName(address: string): string {
  const path = address.replace(/[?#].*$/s, '').replace(/(?:\.git)?\/*$/, '')
  return toName(path.split(/[/\\:]/).at(-1) ?? '', 'repo')
}

/** `acme` of an address at a forge; null for a folder. */
export function ownerName(address: string): string | null {
  if (/^(?:file:|\/|\.)/.test(address)) return null
  const parts = address.replace(/^[a-z+]+:\/\/(?:[^/@]*@)?/i, '').split(/[/:]/)
  const owner = parts.length < 3 ? null : (parts.at(-2) ?? null)
  return owner === null || owner === '' ? null : toName(owner, '') || null
}

/** The same names, made different where two are alike. */
export function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let count = 2; taken.has(free); count++) free = `${name}-${count}`
    taken.add(free)
    return free
  })
}

const shownMax = 5

/** The first of them; the others are counted. */
export function someOf(names: readonly string[]): string {
  const more = names.length - shownMax
  return `${names.slice(0, shownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
