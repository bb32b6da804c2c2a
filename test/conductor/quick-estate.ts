import { readFile } from 'node:fs/promises'
import type { Estate } from '@conduct/rehearsal'

/** lanes.yaml of an estate without setup and checks, for tests that are about something else; with changes. */
export async function quickLanesYaml(
  estate: Estate,
  changes: readonly (readonly [string | RegExp, string])[] = [],
): Promise<string> {
  const text = await readFile(estate.lanesYamlPath, 'utf8')
  const quick = text.replaceAll(/setup: \[.*\]/gu, 'setup: []').replaceAll(/checks: \[.*\]/gu, 'checks: []')
  return changes.reduce((so, [from, to]) => {
    const next = so.replace(from, to)
    if (next === so) throw new Error(`nothing in lanes.yaml matches ${String(from)}`)
    return next
  }, quick)
}
