import { readFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, it } from 'vitest'

import { mutants } from '../mutation/mutants.ts'
import { properties, propertiesTable } from '../properties/properties.ts'
import { readSection, withoutPadding } from '../properties/readme.ts'
import { repositoryRoot } from './sources.ts'

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8')

describe('the properties of the lane engine', () => {
  it('are fifteen, each shown by tests', () => {
    expect(properties).toHaveLength(15)
    expect(properties.filter(({ shownBy }) => shownBy.length === 0)).toEqual([])
  })

  it.each(properties)('$name: the named tests exist', ({ shownBy }) => {
    const missing = shownBy.filter(({ file, test }) => !read(file).includes(test))

    expect(missing).toEqual([])
  })

  it('stand in the README as their command prints them', () => {
    expect(withoutPadding(readSection('properties'))).toBe(withoutPadding(propertiesTable()))
  })

  it('the README lists every mutant, with the test that finds it', () => {
    const section = readSection('mutants')
    const missing = mutants.filter(({ name, killer }) => {
      return !section.includes(`| ${name} `) || !section.includes(killer.test.replaceAll('|', String.raw`\|`))
    })

    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('the README has the result of a soak on every store', () => {
    const stores = ['sqlite', 'postgres', 's3', 'git']
    const section = readSection('soak')

    expect(stores.filter((store) => !section.includes(`| ${store} `))).toEqual([])
  })
})
