import { explainEffective, type LanesConfig } from '@conduct/config'
import { type Finding, renderFindings } from '@conduct/core'
import type { CommandOutcome, CommandRun, CommandSpec } from '../command.ts'
import { launch } from '../estate/launch.ts'
import { invalidConfig, type ReadConfig, readConfig } from '../estate/load-config.ts'
import { paintFindings } from '../output/paint-findings.ts'
import type { CountedCandidates } from '../lane/counted-candidates.ts'
import { toWireFinding, toWireLaneSummary } from '../wire.ts'

export type Flags = { readonly effective: boolean }

export const spec: CommandSpec<Flags, []> = {
  description: [
    'All findings at once, each with its code, the exact place and what to do. Errors exit 2; warnings do not.',
    'Where lanes.yaml has candidates, the store is asked what the guard counted in them; one that does not answer is said, and is no failure.',
  ],
  parameters: {
    flags: {
      effective: {
        kind: 'boolean',
        brief: 'Print the file with every default filled in, and where each value came from',
      },
    },
  },
  examples: [
    ['check', 'check the lanes.yaml of the folder you stand in'],
    ['check --effective', 'what holds, with defaults and presets'],
    ['-c ../rules/lanes.yaml check --json', 'for a program'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  const read = await readConfig(context)
  const { config, findings, text, address } = read
  const data = {
    findings: findings.map(toWireFinding),
    lanes: config === null ? [] : [...config.lanes].map(([name, lane]) => toWireLaneSummary(name, lane)),
  }
  const launcher = launch(context, address)
  const frames = findings.length === 0 ? '' : `${renderFindings(findings, text)}\n`
  if (config === null) {
    const first = findings.find(({ severity }) => severity === 'error')
    return {
      exit: 2,
      data,
      error: invalidConfig(read),
      text: (style) => `${paintFindings(frames, style)}${tally(findings)} in ${address}.\n`,
      next: first === undefined ? null : `${launcher} explain ${first.code}`,
    }
  }
  if (flags.effective) {
    const effective = explainEffective({ file: address, text }, config)
    return { exit: 0, data: { ...data, effective }, text: () => effective }
  }
  // The engine and the clients of stores load for those only who have candidates.
  const counted =
    config.candidates.size === 0
      ? { findings: [], problem: null }
      : await (
          await import('../lane/counted-candidates.ts')
        ).findBittenCandidates(context, { ...read, config })
  return clearOutcome(read, { config, counted, data, launcher })
}

function clearOutcome(
  { address, text, findings: ofFile }: ReadConfig,
  {
    config,
    counted,
    data,
    launcher,
  }: {
    readonly config: LanesConfig
    readonly counted: CountedCandidates
    readonly data: object
    readonly launcher: string
  },
): CommandOutcome {
  const findings = [...ofFile, ...counted.findings]
  const frames = findings.length === 0 ? '' : `${renderFindings(findings, text)}\n`
  const contents = [
    plural(config.repos.size, 'repo'),
    plural(config.lanes.size, 'lane'),
    plural(config.trains.size, 'train'),
  ].join(', ')
  return {
    exit: 0,
    data: {
      ...data,
      findings: findings.map(toWireFinding),
      ...(counted.problem === null ? {} : { unknown: [unknownText(counted.problem)] }),
    },
    text: (style) =>
      `${paintFindings(frames, style)}${counted.problem === null ? '' : `${style.dim('?')} Not known: ${unknownText(counted.problem)}.\n`}${style.green('✔')} ${address}: ${contents}; ${findings.length === 0 ? 'no findings' : tally(findings)}.\n`,
    next: `${launcher} lane list`,
  }
}

function unknownText(problem: string): string {
  return `what the guard counted in candidates: ${problem.replace(/\.$/, '')}`
}

function tally(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  return [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ].join(', ')
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
