import type { LanesConfig } from '@conduct/config'
import type { ConductError } from '@conduct/core'
import { cacheHome } from '@conduct/git'
import { openLanes, type Store, systemClock } from '@conduct/lanes/engine'
import { openForges } from '@conduct/forge'
import type { CommandContext, CommandOutcome, CommandRun, CommandSpec, NoFlags } from '../command.ts'
import type { DoctorSection, NotApplicable } from '../doctor/check.ts'
import { lookAtConfig } from '../doctor/config.ts'
import { addUpWriters, type WritingLane } from '../doctor/git-writers.ts'
import { lookAtGuard } from '../doctor/guard.ts'
import { lookAtAll, lookMsMax, type Part, type Patient } from '../doctor/look.ts'
import { lookAtMirrors } from '../doctor/mirrors.ts'
import { outsideParts } from '../doctor/outside.ts'
import { sectionBriefs, type SectionName, sectionNames, sectionValue } from '../doctor/section-names.ts'
import { lookAtStore } from '../doctor/store.ts'
import { doctorText, summarise } from '../doctor/text.ts'
import { toLaneDefinition } from '../estate/lane-definition.ts'

export const spec: CommandSpec<NoFlags, readonly SectionName[]> = {
  description: [
    'Looks whether everything is there that this lanes.yaml needs, all of it at once, and says what to do about the rest. With names of sections, only at those:',
    sectionNames.map((name) => `  ${name.padEnd(8)}  ${sectionBriefs[name]}`).join('\n'),
    'It writes nothing but probe records in the store: nothing is pushed, published, opened or sent. So what only an attempt would show (a hook of a remote, trust in a workflow) is said to be not known. Of what is not applicable nothing is asked.',
    'Without a lanes.yaml it looks at this machine alone, and says so. CONDUCT_STORE names another store to look at.',
    'Exit 0: nothing failed; what could not be found out is counted, and fails nothing. 3: a check failed. 30: nothing failed but that something gave no answer, so that asking again may help; also where the store cannot be reached. 2: lanes.yaml or the store is refused. With --json: {checks: [{section, about, check, verdict: "ok"|"failed"|"unknown", detail, remedy}], not_applicable: [{section, because}], summary: {ok, failed, unknown}}; a remedy may be null.',
  ],
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: sectionValue,
        placeholder: 'section',
        brief: 'One of these; none: all of them',
      },
    },
  },
  examples: [
    ['doctor', 'is everything there, and what to do if not'],
    ['doctor store', 'only the store'],
    ['doctor forge registry --json', 'who we are outside, for a program'],
  ],
}

const EXIT_CHECK_FAILED = 3

export const run: CommandRun<NoFlags, readonly SectionName[]> = async (context, _flags, ...chosen) => {
  const config = await lookAtConfig(context)
  const late = AbortSignal.timeout(lookMsMax)
  const signal = AbortSignal.any([context.signal, late])
  const patient: Patient = {
    context,
    loaded: config.loaded,
    signal,
    cacheDir: cacheHome(context.env),
    askForge: openForges({
      env: context.env,
      clock: systemClock,
      signal,
      limitWaitMsMax: 0,
      requestMsMax: 15_000,
    }),
  }
  const parts = partsOf(patient, config)
  const asked = parts.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  const found = await lookAtAll(asked, { emit: context.emit, signal: context.signal, late })
  const { section } = config
  const wrong = { ...section, ...(config.error === null ? {} : { error: config.error }) }
  // Whoever asks by name for what only lanes.yaml tells is not told that nothing failed.
  const isMissed = chosen.length > 0 && found.notApplicable.some(({ because }) => because === config.missing)
  const isShown = found.sections.some(({ section: name }) => name === 'config')
  if (isMissed && !isShown) return outcomeOf({ ...found, sections: [wrong, ...found.sections] })
  return outcomeOf(found)
}

/** In the order of `sectionBriefs`. */
function partsOf(patient: Patient, config: Awaited<ReturnType<typeof lookAtConfig>>): readonly Part[] {
  const { context, loaded, cacheDir } = patient
  const missing = config.missing ?? ''
  const outside = outsideParts(patient, missing)
  const own: readonly Part[] = [
    { name: 'config', look: async () => [config.section] },
    { name: 'store', look: async () => lookAtOurStore(context, config) },
    { name: 'mirrors', look: () => lookAtMirrors({ cacheDir, nowMs: Date.now() }) },
    { name: 'guard', look: async () => (loaded === null ? missing : lookAtGuard(context, loaded)) },
  ]
  const all = new Map([...own, ...outside].map((part) => [part.name, part]))
  return sectionNames.flatMap((name) => all.get(name) ?? [])
}

function outcomeOf(found: {
  readonly sections: readonly DoctorSection[]
  readonly notApplicable: readonly NotApplicable[]
}): CommandOutcome {
  const { sections, notApplicable } = found
  const summary = summarise(sections)
  const checks = sections.flatMap(({ section, about, checks: own }) =>
    own.map(({ check, verdict, detail, remedy }) => {
      const advice = remedy?.replaceAll('\n', ' ') ?? null
      return { section, about, check, verdict, detail, remedy: advice }
    }),
  )
  const error = errorOf(sections)
  return {
    exit: error?.exit ?? (summary.failed > 0 ? EXIT_CHECK_FAILED : 0),
    data: { checks, not_applicable: notApplicable, summary },
    text: (style) => doctorText(found, style),
    ...(error === null ? {} : { error }),
  }
}

/** What ended a section says it all; else that nothing answered, where nothing else has failed. */
function errorOf(sections: readonly DoctorSection[]): ConductError | null {
  const ended = sections.find(({ error }) => error !== undefined)?.error
  if (ended !== undefined) return ended
  const failed = sections.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'failed')
  const silent = failed.find(({ unreachable }) => unreachable !== undefined)
  const isSilenceAll = failed.every(({ unreachable }) => unreachable !== undefined)
  return isSilenceAll ? (silent?.unreachable ?? null) : null
}

async function lookAtOurStore(
  context: CommandContext,
  { loaded, missing }: Awaited<ReturnType<typeof lookAtConfig>>,
): Promise<readonly DoctorSection[] | string> {
  const config = loaded?.config ?? null
  const named = context.env['CONDUCT_STORE'] ?? ''
  if (config === null && named === '') return missing ?? ''
  const url = named === '' ? (config?.store ?? 'sqlite') : named
  const estate = config?.estate ?? null
  return lookAtStore({ url, estate, env: context.env }, (store) => lookAtLanes(store, config))
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
