import { describe, expect, it } from 'vitest'
import { treeOf } from '../tree-of.ts'
import { isTaken, npmGates, pnpmGates } from './release-age-gates.ts'

const engine = '@acme/engine'
const dayMs = 86_400_000
const pnpmShop = (settings: string, manifest: object = {}) =>
  treeOf({ 'package.json': { name: 'shop', ...manifest }, 'pnpm-workspace.yaml': settings })

describe('gates of pnpm', () => {
  it('are one day by default, with the lines that exempt the package', async () => {
    expect(await pnpmGates(pnpmShop('packages: []\n'), engine)).toEqual([
      {
        file: 'pnpm-workspace.yaml',
        setting: 'minimumReleaseAge (default of pnpm 11 and later)',
        minimumAgeMs: dayMs,
        isExempt: false,
        exemptingLine: "minimumReleaseAgeExclude:\n  - '@acme/engine'",
        exemptingFile: 'pnpm-workspace.yaml',
      },
    ])
  })

  it('have no default where the manifest names an older pnpm', async () => {
    expect(await pnpmGates(pnpmShop('', { packageManager: 'pnpm@10.17.0+sha512.abc' }), engine)).toEqual([])
    expect(await pnpmGates(pnpmShop('', { packageManager: 'pnpm@11.0.0' }), engine)).toHaveLength(1)
  })

  it('are what is written down, in minutes', async () => {
    const gates = await pnpmGates(
      pnpmShop('minimumReleaseAge: 10080\nminimumReleaseAgeExclude:\n  - b\n'),
      engine,
    )

    expect(gates).toMatchObject([
      {
        setting: 'minimumReleaseAge',
        minimumAgeMs: 7 * dayMs,
        isExempt: false,
        exemptingLine: "  - '@acme/engine'",
      },
    ])
  })

  it('are off at zero', async () => {
    expect(await pnpmGates(pnpmShop('minimumReleaseAge: 0\n'), engine)).toEqual([])
  })

  it('are read from .npmrc where an older pnpm does so', async () => {
    const tree = treeOf({
      'package.json': { packageManager: 'pnpm@10.17.0' },
      '.npmrc': 'minimum-release-age=60\n',
    })

    expect(await pnpmGates(tree, engine)).toMatchObject([{ file: '.npmrc', minimumAgeMs: 3_600_000 }])
  })

  it.each([
    ['the name', engine, true],
    ['its scope', '@acme/*', true],
    ['everything', '*', true],
    ['another package', '@acme/engine-tools', false],
    ['one older version only', '@acme/engine@1.0.0', false],
  ])('spare the package when the list takes %s', async (_case, pattern, isExempt) => {
    const tree = pnpmShop(`minimumReleaseAgeExclude:\n  - '${pattern}'\n`)

    expect(await pnpmGates(tree, engine)).toMatchObject([{ isExempt }])
  })
})

describe('gates of npm', () => {
  const shop = (npmrc: string) => treeOf({ 'package.json': { name: 'shop' }, '.npmrc': npmrc })

  it('do not exist by default', async () => {
    expect(await npmGates(treeOf({ 'package.json': {} }), engine)).toEqual([])
  })

  it('are days, with the line that exempts the package', async () => {
    expect(await npmGates(shop('# slow down\nmin-release-age = 3\n'), engine)).toEqual([
      {
        file: '.npmrc',
        setting: 'min-release-age',
        minimumAgeMs: 3 * dayMs,
        isExempt: false,
        exemptingLine: 'min-release-age-exclude[]=@acme/engine',
        exemptingFile: '.npmrc',
      },
    ])
  })

  it('spare what the list takes', async () => {
    expect(
      await npmGates(shop('min-release-age=3\nmin-release-age-exclude[]=@acme/*\n'), engine),
    ).toMatchObject([{ isExempt: true }])
  })

  it('are closed for good by a fixed date', async () => {
    expect(await npmGates(shop('before=2026-01-01\n'), engine)).toMatchObject([
      { setting: 'before', isExempt: false },
    ])
  })
})

describe('gates beside the package manager', () => {
  const withFile = (file: string, content: string | object) => treeOf({ 'package.json': {}, [file]: content })

  it.each([
    ['npmMinimalAgeGate: 4320\n', 3 * dayMs, false],
    ["npmMinimalAgeGate: '3d'\n", 3 * dayMs, false],
    ["npmMinimalAgeGate: 1d\nnpmPreapprovedPackages:\n  - '@acme/*'\n", dayMs, true],
  ])('include the one of yarn: %s', async (content, minimumAgeMs, isExempt) => {
    expect(await npmGates(withFile('.yarnrc.yml', content), engine)).toMatchObject([
      { setting: 'npmMinimalAgeGate', minimumAgeMs, isExempt },
    ])
  })

  it('leave out a scope for which yarn does not wait', async () => {
    const content = 'npmMinimalAgeGate: 1d\nnpmScopes:\n  acme:\n    npmMinimalAgeGate: 0\n'

    expect(await npmGates(withFile('.yarnrc.yml', content), engine)).toEqual([])
  })

  it('report the one of Renovate, which holds back Renovate and not us', async () => {
    const content = { minimumReleaseAge: '3 days', packageRules: [{ minimumReleaseAge: '1 week' }] }

    expect(await npmGates(withFile('renovate.json', content), engine)).toMatchObject([
      { file: 'renovate.json', minimumAgeMs: 7 * dayMs, isExempt: true },
    ])
  })
})

describe('a list of patterns', () => {
  it('lets a later exclamation mark take back what an earlier pattern took', () => {
    expect(isTaken('@acme/engine', ['@acme/*', '!@acme/engine'])).toBe(false)
    expect(isTaken('@acme/other', ['@acme/*', '!@acme/engine'])).toBe(true)
  })
})
