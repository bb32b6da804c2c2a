import { explainEffective } from '@conduct/config'
import { type Finding, renderFindings } from '@conduct/core'
import type { CommandRun, CommandSpec } from '../command.ts'
import { launch } from '../estate/launch.ts'
import { invalidConfig, readConfig } from '../estate/load-config.ts'
import { paintFindings } from '../output/paint-findings.ts'
import { toWireFinding, toWireLaneSummary } from '../wire.ts'

export type Flags = { readonly effective: boolean }

export const spec: CommandSpec<Flags, []> = {
  description: [
    'All findings at once, each with its code, the exact place and what to do. Errors exit 2; warnings do not.',
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
  const contents = [
    plural(config.repos.size, 'repo'),
    plural(config.lanes.size, 'lane'),
    plural(config.trains.size, 'train'),
  ].join(', ')
  return {
    exit: 0,
    data,
    text: (style) =>
      `${paintFindings(frames, style)}${style.green('✔')} ${address}: ${contents}; ${findings.length === 0 ? 'no findings' : tally(findings)}.\n`,
    next: `${launcher} lane list`,
  }
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
