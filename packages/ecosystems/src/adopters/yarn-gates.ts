import semver from 'semver'
import { readManifest } from '../manifests/manifest.ts'
import { yarnSettingsFile } from '../manifests/workspace.ts'
import type { FileTree, ReleaseAgeGate } from '../ports.ts'
import { asRecord, asTexts } from '../unknown.ts'
import { parseYamlText } from '../yaml-text.ts'
import { otherGates } from './other-gates.ts'
import { isTaken } from './release-age-gates.ts'

/** What yarn waits when nobody says anything. */
const defaultMs = 24 * 60 * 60_000

/** Versions before this know no gate. One that a manifest does not name is read as the newest, the strictest. */
const firstWithGate = '4.10.0'

/** yarn's own gate, written down or by default, then those of tools beside it. */
export async function yarnGates(tree: FileTree, packageName: string): Promise<readonly ReleaseAgeGate[]> {
  const others = await otherGates(tree, packageName)
  const settings = asRecord(parseYamlText(yarnSettingsFile, (await tree.readFile(yarnSettingsFile)) ?? ''))
  const named = (await readManifest(tree, 'package.json'))?.packageManager ?? ''
  const version = semver.coerce(/^yarn@(.+)/.exec(named)?.[1] ?? null)
  const isBefore = version !== null && semver.lt(version, firstWithGate)
  if (isBefore || isWritten(settings, packageName)) return others
  const key = 'npmPreapprovedPackages'
  const item = `  - '${packageName}'`
  const gate: ReleaseAgeGate = {
    file: yarnSettingsFile,
    setting: 'npmMinimalAgeGate (default of yarn)',
    minimumAgeMs: defaultMs,
    isExempt: isTaken(packageName, asTexts(settings[key])),
    exemptingLine: key in settings ? item : `${key}:\n${item}`,
    exemptingFile: yarnSettingsFile,
  }
  return [gate, ...others]
}

function isWritten(settings: ReturnType<typeof asRecord>, packageName: string): boolean {
  const scope = /^@([^/]+)\//.exec(packageName)?.[1] ?? ''
  return (
    'npmMinimalAgeGate' in settings || 'npmMinimalAgeGate' in asRecord(asRecord(settings['npmScopes'])[scope])
  )
}
