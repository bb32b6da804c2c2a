import path from 'node:path'
import { readManifest } from '../manifests/manifest.ts'
import { type NpmrcEntry, parseNpmrc } from '../manifests/npmrc.ts'
import { pnpmWorkspaceFile, readPnpmWorkspace } from '../manifests/workspace.ts'
import type { FileTree, ReleaseAgeGate } from '../ports.ts'
import { asRecord, asText, asTexts, type UnknownRecord } from '../unknown.ts'
import { otherGates } from './other-gates.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** What pnpm waits when nobody says anything, and since which major. */
const pnpmDefaultMinutes = 1440
const pnpmMajorWithDefault = 11

/**
 * pnpm: `minimumReleaseAge` in minutes, from pnpm-workspace.yaml, before version 11 from .npmrc too; since then
 * one day by default. A manifest that names no pnpm is read as the newest: its default is the strictest.
 */
export async function pnpmGates(tree: FileTree, packageName: string): Promise<readonly ReleaseAgeGate[]> {
  const settings = await readPnpmWorkspace(tree)
  const npmrc = await readNpmrc(tree)
  const major = await pnpmMajor(tree)
  const ofNpmrc = major < pnpmMajorWithDefault ? lastNumber(npmrc, 'minimum-release-age') : null
  const inSettings = numberOf(settings['minimumReleaseAge'])
  const byDefault = major < pnpmMajorWithDefault ? 0 : pnpmDefaultMinutes
  const minutes = inSettings ?? ofNpmrc ?? byDefault
  const excluded = [
    ...asTexts(settings['minimumReleaseAgeExclude']),
    ...valuesOf(npmrc, 'minimum-release-age-exclude'),
  ]
  const others = await otherGates(tree, packageName)
  if (minutes <= 0) return others
  const isDefault = inSettings === null && ofNpmrc === null
  const gate: ReleaseAgeGate = {
    file: inSettings === null && ofNpmrc !== null ? '.npmrc' : pnpmWorkspaceFile,
    setting: isDefault ? 'minimumReleaseAge (default of pnpm 11 and later)' : 'minimumReleaseAge',
    minimumAgeMs: minutes * minuteMs,
    isExempt: isTaken(packageName, excluded),
    exemptingLine: exemptingYaml(settings, 'minimumReleaseAgeExclude', packageName),
    exemptingFile: pnpmWorkspaceFile,
  }
  return [gate, ...others]
}

/** npm: `min-release-age` in days or `before`, a date; both spare what `min-release-age-exclude[]` takes. */
export async function npmGates(tree: FileTree, packageName: string): Promise<readonly ReleaseAgeGate[]> {
  const npmrc = await readNpmrc(tree)
  const isExempt = isTaken(packageName, valuesOf(npmrc, 'min-release-age-exclude'))
  const days = lastNumber(npmrc, 'min-release-age')
  const isFixed = npmrc.some(({ key }) => key === 'before')
  const gateOf = (setting: string, minimumAgeMs: number): ReleaseAgeGate => ({
    file: '.npmrc',
    setting,
    minimumAgeMs,
    isExempt,
    exemptingLine: `min-release-age-exclude[]=${packageName}`,
    exemptingFile: '.npmrc',
  })
  return [
    ...(days === null || days <= 0 ? [] : [gateOf('min-release-age', days * dayMs)]),
    // A fixed date never lets anything younger in: no age would be enough.
    ...(isFixed ? [gateOf('before', Number.MAX_SAFE_INTEGER)] : []),
    ...(await otherGates(tree, packageName)),
  ]
}

/** Names, globs (`@acme/*`), and `!name` for what an earlier pattern took; `name@1.0.0` takes that version only. */
export function isTaken(packageName: string, patterns: readonly string[]): boolean {
  return patterns.reduce((taken, pattern) => {
    const isNegated = pattern.startsWith('!')
    const matches = path.posix.matchesGlob(packageName, isNegated ? pattern.slice(1) : pattern)
    const isAny = pattern.replace('!', '') === '*'
    return matches || isAny ? !isNegated : taken
  }, false)
}

/** The line to add, with its key where the list does not exist yet. */
function exemptingYaml(settings: UnknownRecord, key: string, packageName: string): string {
  const item = `  - '${packageName}'`
  return key in settings ? item : `${key}:\n${item}`
}

async function pnpmMajor(tree: FileTree): Promise<number> {
  const manifest = await readManifest(tree, 'package.json')
  const engine = asRecord(asRecord(asRecord(manifest?.fields['devEngines'])['packageManager']))
  const written =
    /^pnpm@(\d+)/.exec(manifest?.packageManager ?? '')?.[1] ??
    (asText(engine['name']) === 'pnpm' ? /(\d+)/.exec(asText(engine['version']) ?? '')?.[1] : undefined)
  return written === undefined ? Number.POSITIVE_INFINITY : Number(written)
}

async function readNpmrc(tree: FileTree): Promise<readonly NpmrcEntry[]> {
  return parseNpmrc((await tree.readFile('.npmrc')) ?? '', {})
}

function valuesOf(entries: readonly NpmrcEntry[], key: string): readonly string[] {
  return entries.filter((entry) => entry.key === key).map((entry) => entry.value)
}

function lastNumber(entries: readonly NpmrcEntry[], key: string): number | null {
  return numberOf(valuesOf(entries, key).at(-1))
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : null
}
