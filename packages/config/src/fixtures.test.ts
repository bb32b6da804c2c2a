import { readdirSync, readFileSync } from 'node:fs'
import { findingCodes, renderFindings } from '@conduct/core'
import { describe, expect, it } from 'vitest'
import { parseLanesYaml } from './index.ts'

const fixtures = new URL('../fixtures/', import.meta.url)
const namesIn = (folder: string) =>
  readdirSync(new URL(`${folder}/`, fixtures))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
const read = (path: string) => readFileSync(new URL(path, fixtures), 'utf8')

describe('every way to be wrong is told with place, frame and remedy', () => {
  it.each(namesIn('invalid'))('%s', async (name) => {
    const text = read(`invalid/${name}.yaml`)

    const { config, findings } = parseLanesYaml({ file: 'lanes.yaml', text })

    await expect(renderFindings(findings, text)).toMatchFileSnapshot(`../fixtures/invalid/${name}.txt`)
    expect(findings.length).toBeGreaterThan(0)
    expect(config === null).toBe(findings.some((finding) => finding.severity === 'error'))
  })

  it('covers at least sixty ways', () => {
    expect(namesIn('invalid').length).toBeGreaterThanOrEqual(60)
  })

  it('covers every finding code', () => {
    const found = new Set(
      namesIn('invalid').flatMap((name) =>
        parseLanesYaml({ file: 'lanes.yaml', text: read(`invalid/${name}.yaml`) }).findings.map(
          ({ code }) => code,
        ),
      ),
    )

    expect(Object.keys(findingCodes).filter((code) => !found.has(code as never))).toEqual([])
  })
})

describe('a valid file has no errors, and only the warnings that are pinned', () => {
  it.each(namesIn('valid'))('%s', async (name) => {
    const text = read(`valid/${name}.yaml`)

    const { config, findings } = parseLanesYaml({ file: 'lanes.yaml', text })

    await expect(renderFindings(findings, text)).toMatchFileSnapshot(`../fixtures/valid/${name}.txt`)
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(config).not.toBeNull()
  })
})
