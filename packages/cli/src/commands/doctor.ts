import type { LanesConfig } from '@conduct/config'
import { isConductError } from '@conduct/core'
import { openLanes, type Store, systemClock } from '@conduct/lanes/engine'
import type { CommandContext, CommandRun, CommandSpec, NoFlags } from '../command.ts'
import { type DoctorSection, failedCheck } from '../doctor/check.ts'
import { addUpWriters, type WritingLane } from '../doctor/git-writers.ts'
import { describeRegistries } from '../doctor/registries.ts'
import { lookAtStore } from '../doctor/store.ts'
import { doctorText, summarise } from '../doctor/text.ts'
import { lookAtTools } from '../doctor/tools.ts'
import { toLaneDefinition } from '../estate/lane-definition.ts'
import { type LoadedConfig, loadConfig } from '../estate/load-config.ts'

export const spec: CommandSpec<NoFlags, []> = {
  description: [
    'Looks at the programs on this machine, at the store of lanes.yaml (whether it can be reached, whether its conditional writes work, its clock, its round trip), and at the registries that declared checkouts publish to (who we are there, and with which kind of credential). It writes nothing but probe records.',
    'CONDUCT_STORE names another store to look at; no lanes.yaml is needed then. Exit 0: nothing failed; 3: a check failed; 30: the store cannot be reached; 2: it is refused.',
  ],
  parameters: {},
  examples: [
    ['doctor', 'is everything there that lanes need, and what to do if not'],
    ['doctor --json', 'for a program'],
  ],
}

const EXIT_CHECK_FAILED = 3

export const run: CommandRun<NoFlags, []> = async (context) => {
  const named = context.env['CONDUCT_STORE'] ?? ''
  const loaded = await configOr(context, named === '' ? 'needed' : 'optional')
  const config = loaded?.config ?? null
  const url = named === '' ? (config?.store ?? 'sqlite') : named
  const estate = config?.estate ?? null
  const sections: readonly DoctorSection[] = [
    lookAtTools(context.env),
    ...(await lookAtStore({ url, estate, env: context.env }, (store) => lookAtLanes(store, config))),
    ...(loaded === null ? [] : await registrySections(loaded)),
  ]
  const summary = summarise(sections)
  const error = sections.find((section) => section.error !== undefined)?.error
  return {
    exit: error?.exit ?? (summary.failed > 0 ? EXIT_CHECK_FAILED : 0),
    data: {
      checks: sections.flatMap(({ section, about, checks }) =>
        checks.map((check) => ({ section, about, ...check })),
      ),
      summary,
    },
    text: (style) => doctorText(sections, style),
    ...(error === undefined ? {} : { error }),
  }
}

/** @throws ConductError CONFIG_*: all of them where lanes.yaml is needed; else its absence is none. */
async function configOr(context: CommandContext, need: 'needed' | 'optional'): Promise<LoadedConfig | null> {
  try {
    return await loadConfig(context)
  } catch (error) {
    if (need === 'optional' && isConductError(error, 'CONFIG_NOT_FOUND')) return null
    throw error
  }
}

/** What publishes is loaded only where something is. */
async function registrySections({ config, address }: LoadedConfig): Promise<readonly DoctorSection[]> {
  if (config.trains.size === 0) return []
  const { lookAtRegistries } = await import('@conduct/conductor')
  try {
    return describeRegistries(await lookAtRegistries({ config, configPath: address, clock: systemClock }))
  } catch (error) {
    if (!isConductError(error)) throw error
    return [{ section: 'registry', about: 'where trains publish', checks: [failedCheck('checkout', error)] }]
  }
}

/** In a git store every renewal is a push, and forges count them. */
async function lookAtLanes(store: Store, config: LanesConfig | null): Promise<readonly DoctorSection[]> {
  if (store.kind !== 'git' || config === null || store.url.startsWith('git+file:')) return []
  const definitions = new Map([...config.lanes].map(([name, lane]) => [name, toLaneDefinition(lane)]))
  const identity = { holder: 'cli:doctor', person: null }
  const lanes = openLanes({ store, definitions, identity, clock: systemClock })
  const writing: WritingLane[] = []
  for (const lane of definitions.keys()) {
    // The definition in the store is the one that decides.
    const { definition } = (await lanes.lane(lane).inspect()).document
    writing.push({ lane, definition, resources: resourcesOf(definition.scope, config) })
  }
  return [addUpWriters(writing)]
}

function resourcesOf(scope: WritingLane['definition']['scope'], config: LanesConfig): number {
  if (scope === 'global') return 1
  return Math.max(1, scope === 'project' ? config.projects.length : config.repos.size)
}
