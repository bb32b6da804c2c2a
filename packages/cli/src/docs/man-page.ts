import { commandGroups, type CommandGroup } from '../commands.ts'
import { listExitCodes } from '../help/exit-meanings.ts'
import type { Block } from '../help/topic.ts'
import { topics } from '../help/topics.ts'
import { version } from '../version.ts'

/** `man conduct`, from the same pages as `conduct help`. Source: man-pages(7) for the sections, groff_man(7) for the requests. */
export function manPage(): string {
  return [
    `.TH CONDUCT 1 "" "conduct ${version}" "User Commands"`,
    '.SH NAME',
    String.raw`conduct \- exclusive lanes, and release trains that travel across repositories`,
    '.SH SYNOPSIS',
    '.B conduct',
    String.raw`.I command \fR[\fIarguments\fR] [\fIflags\fR]`,
    '.br',
    '.B conduct help',
    String.raw`\fR[\fIpage\fR | \fIcommand\fR | \fIcode\fR]`,
    '.SH COMMANDS',
    'Each has its flags and examples in',
    String.raw`.BR "conduct \fIcommand\fP \-\-help" .`,
    ...(commandGroups as readonly CommandGroup[]).flatMap(({ title, commands }) => [
      `.SS ${quoted(title)}`,
      ...commands.flatMap(({ name, brief }) => entry(name, brief)),
    ]),
    ...topics
      .filter(({ name }) => name !== 'exit-codes')
      .flatMap(({ name, brief, blocks }) => [
        `.SH ${quoted(name.toUpperCase())}`,
        line(`${brief.slice(0, 1).toUpperCase()}${brief.slice(1)}.`),
        ...blocks().flatMap(block),
      ]),
    '.SH EXIT STATUS',
    ...listExitCodes().flatMap(({ exit, meaning, byThen }) =>
      entry(`${exit}`, `${meaning} ${byThen}`.replaceAll('`', '')),
    ),
    '.SH FILES',
    ...entry('lanes.yaml', 'What may happen only one at a time, what triggers it, and how a release travels.'),
    '',
  ].join('\n')
}

function block(one: Block): readonly string[] {
  switch (one.kind) {
    case 'text':
      return ['.PP', line(one.text)]
    case 'rows':
      return one.rows.flatMap(([left, right]) => entry(left, right))
    case 'typed':
      return ['.PP', '.RS 4', '.nf', ...one.lines.map(line), '.fi', '.RE']
    default:
      return one satisfies never
  }
}

function entry(left: string, right: string): readonly string[] {
  return ['.TP', `.B ${quoted(left)}`, line(right)]
}

/** A line that begins with a dot or a quote would be a request. */
function line(text: string): string {
  const escaped = escape(text)
  return /^[.']/.test(escaped) ? String.raw`\&${escaped}` : escaped
}

function quoted(text: string): string {
  return `"${escape(text).replaceAll('"', String.raw`\(dq`)}"`
}

/** Dashes are those that are typed. */
function escape(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('…', '...')
    .replaceAll(/[’‘]/g, String.raw`\(cq`)
}
