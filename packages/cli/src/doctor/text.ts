import type { Style } from '../output/style.ts'
import { hangWords } from '../output/wrap-words.ts'
import type { DoctorCheck, DoctorSection, NotApplicable } from './check.ts'

export interface DoctorSummary {
  readonly ok: number
  readonly failed: number
  readonly unknown: number
}

export function summarise(sections: readonly DoctorSection[]): DoctorSummary {
  const checks = sections.flatMap((section) => section.checks)
  const count = (verdict: DoctorCheck['verdict']) =>
    checks.filter((check) => check.verdict === verdict).length
  return { ok: count('ok'), failed: count('failed'), unknown: count('unknown') }
}

export function doctorText(
  {
    sections,
    notApplicable,
  }: {
    readonly sections: readonly DoctorSection[]
    readonly notApplicable: readonly NotApplicable[]
  },
  style: Style,
): string {
  const longest = Math.max(0, ...sections.flatMap(({ checks }) => checks.map(({ check }) => check.length)))
  const width = Math.min(longest, nameColumnsMax)
  const parts = sections.map(({ section, about, checks }) => {
    const lines = checks.map((check) => checkLines(check, { width, style }))
    return `${style.bold(section)}: ${about}\n${lines.join('')}`
  })
  const rest = [...Map.groupBy(notApplicable, ({ because }) => because)].map(([because, some]) => {
    const names = some.map(({ section }) => section).join(', ')
    return `  ${style.dim('-')} ${hangWords(`${names}: ${because}`, { at: 4, width: style.width })}\n`
  })
  const left = rest.length === 0 ? [] : [`${style.bold('not looked at')}\n${rest.join('')}`]
  return `${[...parts, ...left].join('\n')}\n${summaryLine(summarise(sections))}\n`
}

/** A name that is longer pushes its own line to the right, and no other. */
const nameColumnsMax = 24

function checkLines(
  { check, verdict, detail, remedy }: DoctorCheck,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const at = width + 6
  const indent = ' '.repeat(at)
  const hung = (text: string, column: number) => hangWords(text, { at: column, width: style.width })
  // A command stands on a line of its own, as it is typed.
  const [what = '', ...commands] = remedy?.split('\n') ?? []
  const typed = commands.map((command) => `${indent}  ${command}\n`).join('')
  const advice = remedy === null ? '' : `${indent}${style.cyan('→')} ${hung(what, at + 2)}\n${typed}`
  return `  ${mark(verdict, style)} ${check.padEnd(width)}  ${hung(detail, at)}\n${advice}`
}

function mark(verdict: DoctorCheck['verdict'], style: Style): string {
  if (verdict === 'ok') return style.green('✔')
  return verdict === 'failed' ? style.red('✖') : style.yellow('?')
}

function summaryLine({ ok, failed, unknown }: DoctorSummary): string {
  const all = ok + failed + unknown
  if (ok === all) return all === 1 ? 'The one check is ok.' : `All ${all} checks are ok.`
  const rest = unknown === 0 ? '' : `, ${unknown} could not be found out`
  return `${ok} of ${all} checks are ok, ${failed} failed${rest}.`
}
