import { nearest } from '@conduct/core'

/** What `conduct doctor` looks at, in the order in which it is shown. */
export const sectionBriefs = {
  tools: 'programs on this machine that this lanes.yaml needs, and no others',
  config: 'the lanes.yaml that commands here would use',
  store: 'where lanes and runs live: whether it keeps its word, its clock, its round trip',
  remote: 'each remote: whether we may read it, and push to it',
  registry: 'each registry that trains publish to: who we are, by what, whether we may publish',
  forge:
    'each forge of trains: who we are, what is left of its limit, CI for our pull requests, protection of main',
  approval: 'who may approve each train, and the key to sign with',
  notify: 'whether whoever notify: names is there',
  mirrors: 'what is kept between runs, and how much room is left for it',
  guard: 'whether this repository has hooks that stop somebody',
} as const

export type SectionName = keyof typeof sectionBriefs

export const sectionNames = Object.keys(sectionBriefs) as readonly SectionName[]

/** Parser of an argument. It throws a sentence; what is typed without knowing the exact word is close to one. */
export function sectionValue(text: string): SectionName {
  const known = sectionNames.find((name) => name === text)
  if (known !== undefined) return known
  const near = nearest(text, sectionNames) ?? sectionNames.find((name) => text.startsWith(name)) ?? null
  const guess = near === null ? '' : `did you mean ${near}? `
  throw new Error(`there is no such section; ${guess}The doctor looks at: ${sectionNames.join(', ')}`)
}
