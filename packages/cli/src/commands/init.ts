import { parseLanesYaml } from '@conduct/config'
import { exitCodes, invariant } from '@conduct/core'
import { writeLanesYaml } from '@conduct/init'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { gatherFacts } from '../init/gather-facts.ts'
import { chooseTarget, requireNothingThere, writeNewFile } from '../init/new-file.ts'
import { nextSteps } from '../init/next-steps.ts'
import { openSources } from '../init/sources.ts'
import { initText } from '../init/text.ts'
import { toWireGap, toWireInitRepo } from '../init/wire.ts'
import { toWireFinding } from '../wire.ts'

export type Flags = { readonly output?: string; readonly dryRun: boolean }

export const spec: CommandSpec<Flags, readonly string[]> = {
  usage: '[--dry-run] [-o <file>] [<repo>…]',
  description: [
    'Looks at repositories and writes a lanes.yaml that check has no errors in, with comments that say why each part is there: package managers, who publishes what and who needs it, schema changes of every tool that the planner knows, deploy scripts and workflows. What could be told counts; what could only be guessed is a comment; what was not found is said.',
    'A repo is a folder of a checkout, read at its last commit, or the address of a remote, read at its default branch; without any, the repository you stand in. Nothing of theirs is run, and nothing but the file is written. You become the captain of every lane.',
    'It never writes over a lanes.yaml, nor beside one that conduct would go by in one of these places.',
  ],
  parameters: {
    flags: {
      output: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'file',
        brief: 'Write it there; default: lanes.yaml at the top of the repository you stand in, else here',
      },
      dryRun: { kind: 'boolean', brief: 'Print it, and write nothing' },
    },
    aliases: { o: 'output' },
    positional: {
      kind: 'array',
      parameter: { parse: textValue, placeholder: 'folder or address', brief: 'Repositories to look at' },
    },
  },
  examples: [
    ['init', 'for the repository you stand in'],
    ['init . ../shop git@github.com:acme/admin.git', 'a library and two apps; the first gets the file'],
    ['init -o ../rules/lanes.yaml ../engine ../shop', 'rules in a repository of their own'],
    ['init --dry-run', 'only look'],
  ],
}

export const run: CommandRun<Flags, readonly string[]> = async (context, flags, ...named) => {
  const target = chooseTarget(context, flags.output)
  const isAtHome = flags.output === undefined && context.global.config === undefined
  const here = isAtHome ? [context.cwd] : []
  if (!flags.dryRun) requireNothingThere({ target, folders: here })
  const sources = await openSources(context, named)
  if (!flags.dryRun) requireNothingThere({ target, folders: sources.flatMap(({ top }) => top ?? []) })

  const facts = await gatherFacts(context, { sources, target })
  const written = writeLanesYaml(facts)
  const { config, findings } = parseLanesYaml({ file: target, text: written.text })
  invariant(config !== null, `what init writes has no errors: ${findings.map(({ code }) => code).join(', ')}`)
  const steps = nextSteps(context, { target, sources, trains: written.trains })
  const data = {
    written: flags.dryRun ? null : target,
    document: written.text,
    repos: facts.repos.map(toWireInitRepo),
    lanes: written.lanes,
    trains: written.trains,
    gaps: written.gaps.map(toWireGap),
    findings: findings.map(toWireFinding),
    steps: steps.map(({ command }) => command),
  }
  if (flags.dryRun) return { exit: exitCodes.done, data, text: () => written.text }

  writeNewFile(target, written.text)
  const contents = [
    count(facts.repos.length, 'repo'),
    count(written.lanes.length, 'lane'),
    count(written.trains.length, 'train'),
  ].join(', ')
  const summary =
    findings.length === 0 ? contents : `${contents}; check has ${count(findings.length, 'warning')}`
  return {
    exit: exitCodes.done,
    data,
    text: (style) => initText({ repos: facts.repos, target, summary, gaps: written.gaps, steps }, style),
    next: steps[0]?.command ?? null,
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
