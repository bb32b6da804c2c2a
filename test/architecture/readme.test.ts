import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseLanesYaml } from '@conduct/config'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from './sources.ts'

const readme = readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8')

describe('the README', () => {
  it('shows a lanes.yaml without any finding', () => {
    const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

    expect(blocks).toHaveLength(1)
    expect(blocks.flatMap((text) => parseLanesYaml({ file: 'README.md', text }).findings)).toEqual([])
  })

  it('links only to what exists', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '')

    expect(targets.length).toBeGreaterThan(3)
    expect(targets.filter((target) => !existsSync(path.join(repositoryRoot, target)))).toEqual([])
  })

  it('shows both commands', () => {
    expect(readme).toContain('npx -y pnpm@12 conduct rehearse\n')
    expect(readme).toContain('npx -y pnpm@12 test\n')
  })
})

describe('the README of the engine', () => {
  const page = readFileSync(path.join(repositoryRoot, 'packages/lanes/README.md'), 'utf8')

  it('has a place for every table that a command writes, with the command beside it', () => {
    for (const name of ['properties', 'mutants', 'soak', 'bench']) {
      expect(page).toMatch(
        new RegExp(`pnpm@12 run ${name}[^]{0,300}<!-- ${name}:begin -->[^]*<!-- ${name}:end -->`),
      )
    }
  })

  it('links only to what exists', () => {
    const targets = [...page.matchAll(/\]\((?!https:)([^)#]+)\)/g)].map((match) => match[1] ?? '')

    expect(
      targets.filter((target) => !existsSync(path.join(repositoryRoot, 'packages/lanes', target))),
    ).toEqual([])
  })
})
