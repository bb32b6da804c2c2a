/** Values of a lane as they will be in force: declared, else by its preset, else by default. */
import type { Cursor } from '../cursor.ts'
import { isPreset, presets } from '../defaults.ts'
import type { RawLane } from '../schema/file.ts'

export interface EffectiveTexts {
  readonly text: string
  /** Where to point: the value itself, or `use` where the preset supplies it. */
  readonly cursor: Cursor
}

export function presetOf(lane: Cursor): RawLane {
  const use = lane.get('use').text()
  return isPreset(use) ? presets[use] : {}
}

export function effectiveTrigger(
  lane: Cursor,
  kind: 'paths' | 'flags' | 'commands' | 'actions',
): readonly EffectiveTexts[] {
  const declared = lane.get('triggers').get(kind)
  if (declared.exists) return declared.texts()
  const use = lane.get('use')
  return (presetOf(lane).triggers?.[kind] ?? []).map((text) => ({ text, cursor: use }))
}

/** People who may approve, with the place that says so: `approval.by`, else the captains. */
export function approvers(lane: Cursor): readonly EffectiveTexts[] {
  const by = lane.get('approval').get('by')
  return by.exists ? by.texts() : lane.get('captains').texts()
}

export function isAgent(root: Cursor, person: string): boolean {
  return root.get('people').get(person).get('kind').text() === 'agent'
}

export function isDeclared(root: Cursor, kind: 'people' | 'repos' | 'lanes', name: string): boolean {
  return root.get(kind).names().includes(name)
}
