import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConductError, type RunRecord } from '@conduct/core'
import { renderRunHtml, renderRunMarkdown, renderRunText, runToJson } from '@conduct/report'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { runPositional } from '../train/arguments.ts'
import { withNextFor } from '../train/next-of-run.ts'

const formats = ['text', 'json', 'markdown', 'html'] as const
type Format = (typeof formats)[number]

export type Flags = { readonly format: Format; readonly output?: string }

export const spec: CommandSpec<Flags, [run: string]> = {
  description: [
    'Commits, versions, integrity, deploy targets, verification, approvals and what kind of proof they are, timings, who waited how long, overrides, what was skipped and why, what is unknown.',
  ],
  parameters: {
    flags: {
      format: { kind: 'enum', values: formats, default: 'text', brief: 'html is one self-contained page' },
      output: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'file',
        brief: 'Write it to this file',
      },
    },
    aliases: { o: 'output' },
    positional: { kind: 'tuple', parameters: [runPositional] },
  },
  examples: [
    ['report 8f2c', 'read it here'],
    ['report 8f2c --format html -o report.html', 'a page to keep or send'],
    ['report 8f2c --format markdown', 'for a pull request or a chat'],
  ],
}

export const run: CommandRun<Flags, [run: string]> = async (context, flags, id) => {
  await using estate = await openConductor(context)
  const record = withNextFor(estate, await estate.conductor.readRun(id))
  const text = render(record, flags.format)
  if (flags.output === undefined) return { exit: 0, data: runToJson(record), text: () => text }
  const path = resolve(context.cwd, flags.output)
  try {
    writeFileSync(path, context.redact(text))
  } catch (cause) {
    throw new ConductError('OUTPUT_UNWRITABLE', `-o ${flags.output} cannot be written`, { cause })
  }
  return { exit: 0, data: { ...runToJson(record), written: path }, text: () => `Written: ${path}\n` }
}

function render(record: RunRecord, format: Format): string {
  switch (format) {
    case 'text':
      return renderRunText(record)
    case 'json':
      return `${JSON.stringify(runToJson(record), null, 2)}\n`
    case 'markdown':
      return renderRunMarkdown(record)
    case 'html':
      return renderRunHtml(record)
    default:
      return format satisfies never
  }
}
