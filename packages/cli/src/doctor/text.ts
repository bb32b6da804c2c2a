import type { Style } from '../output/style.ts'
import type { DoctorCheck, DoctorSection } from './check.ts'

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

export function doctorText(sections: readonly DoctorSection[], style: Style): string {
  const width = Math.max(0, ...sections.flatMap(({ checks }) => checks.map(({ check }) => check.length)))
  const parts = sections.map(({ section, about, checks }) => {
    const lines = checks.map((check) => checkLines(check, { width, style }))
    return `${style.bold(section)}: ${about}\n${lines.join('')}`
  })
  return `${parts.join('\n')}\n${summaryLine(summarise(sections))}\n`
}

function checkLines(
  { check, verdict, detail, remedy }: DoctorCheck,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const indent = ' '.repeat(width + 6)
  const advice = remedy === null ? '' : `${indent}${style.cyan('→')} ${remedy}\n`
  return `  ${mark(verdict, style)} ${check.padEnd(width)}  ${detail}\n${advice}`
}

function mark(verdict: DoctorCheck['verdict'], style: Style): string {
  if (verdict === 'ok') return style.green('✔')
  return verdict === 'failed' ? style.red('✖') : style.yellow('?')
}

function summaryLine({ ok, failed, unknown }: DoctorSummary): string {
  const all = ok + failed + unknown
  if (ok === all) return `All ${all} checks are ok.`
  const rest = unknown === 0 ? '' : `, ${unknown} could not be found out`
  return `${ok} of ${all} checks are ok, ${failed} failed${rest}.`
}
