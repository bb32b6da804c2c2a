import { expandText } from '../template.ts'

export interface TaggedPackage {
  readonly name: string
  readonly version: string
  /** As declared; null: `v{version}` for a single package, `<name>-v{version}` for several. */
  readonly template: string | null
}

/** One tag name per package, in the same order. A scope is left out unless two packages differ only by it. */
export function tagNames(packages: readonly TaggedPackage[]): readonly string[] {
  const short = packages.map(({ name }) => name.replace(/^@[^/]+\//, ''))
  const hasTwins = new Set(short).size < short.length
  return packages.map(({ name, version, template }, index) => {
    if (template !== null) return expandText(template, { version })
    if (packages.length === 1) return `v${version}`
    return `${hasTwins ? name : short[index]}-v${version}`
  })
}
