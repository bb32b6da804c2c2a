import { readdirSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, it } from 'vitest'

import { readManifest, readSources, repositoryRoot } from './sources.ts'

const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.config)?\.ts$/
const emptyWords = /(?:^|[-/])(?:utils?|helpers?|common|manager|misc)(?:[-./]|$)/
const linesMax = 300

/** Files that are longer for a reason; each names it. */
const longFiles: Readonly<Record<string, string>> = {}

const sources = readSources()
const production = sources.filter((file) => !file.isTest)

describe('names and sizes', () => {
  it('are kebab-case for files', () => {
    const wrong = sources.filter((file) => !kebabCase.test(path.basename(file.path)))

    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('say what a file is for', () => {
    const wrong = sources.filter((file) => emptyWords.test(file.path.replace(/^packages\//, '')))

    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it(`stay under ${linesMax} lines unless a reason is written down`, () => {
    const long = production
      .filter((file) => file.text.split('\n').length > linesMax && !(file.path in longFiles))
      .map((file) => `${file.path}: ${file.text.split('\n').length}`)

    expect(long).toEqual([])
  })

  it('export by name', () => {
    const wrong = production.filter(
      (file) => /^export default /m.test(file.text) && !file.path.endsWith('.config.ts'),
    )

    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('keep the top level to what the design card and tools demand', () => {
    const allowed = new Set([
      'package.json',
      'pnpm-workspace.yaml',
      'tsconfig.base.json',
      'packages',
      'lanes.yaml',
      'test',
      'README.md',
      'pnpm-lock.yaml',
      'LICENSE',
      'node_modules',
    ])
    const extra = readdirSync(repositoryRoot).filter((name) => !name.startsWith('.') && !allowed.has(name))

    expect(extra).toEqual([])
  })

  it('give every package a licence and a sentence', () => {
    const packages = new Set(sources.map((file) => file.package))
    const wrong = [...packages].filter((name) => {
      const manifest = readManifest(name)
      return manifest.license !== 'MIT' || (manifest.description ?? '').length < 20
    })

    expect(wrong).toEqual([])
  })
})

describe('siblings that do the same job', () => {
  it('commands export the same names', () => {
    const files = production.filter((file) => path.dirname(file.path) === 'packages/cli/src/commands')
    const shapes = Map.groupBy(files, (file) =>
      [...file.text.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)]
        .map((match) => match[1] ?? '')
        .toSorted((left, right) => left.localeCompare(right))
        .join(', '),
    )

    expect(files.length).toBeGreaterThan(10)
    expect([...shapes.keys()]).toHaveLength(1)
  })

  it('phases export one phase each, before anything else, named like the file', () => {
    const files = production.filter((file) => path.dirname(file.path) === 'packages/conductor/src/phases')
    const wrong = files.filter((file) => {
      const name = path.basename(file.path, '.ts')
      const first = /^export .*$/m.exec(file.text)?.[0] ?? ''
      const expected = name === 'await' ? 'awaitVisible' : name
      return !new RegExp(`^export const ${expected}: (?:Train|Consumer)Phase = `).test(first)
    })

    expect(files).toHaveLength(12)
    expect(wrong.map((file) => file.path)).toEqual([])
  })
})
