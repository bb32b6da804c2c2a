import { formatDuration } from '@conduct/core'
import { html, join, type Html } from './html-escape.ts'
import type { Timeline, TimelineBar, TimelineRow } from './model.ts'

/** Bars stay visible however short a step was. */
const barShareMin = 0.004

export function timelineHtml({ rows, breaks, ticks }: Timeline): Html {
  const grid = html`<div class="grid" aria-hidden="true">
    ${join(ticks.map(({ at, label }) => html`<span class="tick${at > 0.95 ? ' last' : ''}" style="left:${percent(at)}"><b>${label}</b></span>`))}${join(breaks.map(({ from, to, durationMs }) => html`<span class="break" style="left:${percent(from)};width:${percent(to - from)}" title="no work for ${formatDuration(durationMs)}"><b>${formatDuration(durationMs)}</b></span>`))}
  </div>`
  return html`<section class="card">
    <h2>Timeline</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Timeline">
      <div class="timeline">${grid}${join(rows.map(rowHtml))}</div>
    </div>
    <p class="legend">${join(legendOf(rows, breaks.length > 0))}</p>
  </section> `
}

function rowHtml({ kind, label, bars }: TimelineRow): Html {
  return html`<div class="row row-${kind}">
    <span class="label" title="${label}">${label}</span>
    <div class="track">${join(bars.map(barHtml))}</div>
  </div> `
}

function barHtml({ from, to, mark, phase, label, title }: TimelineBar): Html {
  const place = `left:${percent(Math.min(from, 1 - barShareMin))};width:${percent(Math.max(barShareMin, to - from))}`
  return html`<i class="bar mark-${mark} ${toneOfPhase(phase)}" style="${place}" title="${title}"
    ><b>${label}</b></i
  >`
}

/** Work that only looks is quiet; each kind of effect has a colour of its own. */
function toneOfPhase(phase: TimelineBar['phase']): string {
  switch (phase) {
    case 'publish':
    case 'adopt':
    case 'configure':
    case 'deploy':
    case 'verify':
      return `phase-${phase}`
    case 'claim':
    case 'approve':
    case 'await':
    case null:
      return 'phase-wait'
    case 'survey':
    case 'preflight':
    case 'check':
    case 'report':
      return 'phase-look'
    case 'undo':
      return 'phase-undo'
    default:
      return phase satisfies never
  }
}

const legend = [
  ['phase-look', 'looks: survey, preflight, check, report'],
  ['phase-publish', 'publish'],
  ['phase-adopt', 'adopt'],
  ['phase-configure', 'configure'],
  ['phase-deploy', 'deploy'],
  ['phase-verify', 'verify'],
  ['phase-undo', 'taken back'],
  ['phase-wait', 'waits'],
] as const

function legendOf(rows: readonly TimelineRow[], hasBreaks: boolean): readonly Html[] {
  const shown = new Set(
    rows.flatMap(({ bars }) =>
      bars.filter(({ mark }) => mark !== 'failed').map(({ phase }) => toneOfPhase(phase)),
    ),
  )
  const isFailed = rows.some(({ bars }) => bars.some(({ mark }) => mark === 'failed'))
  return [
    ...legend
      .filter(([tone]) => shown.has(tone))
      .map(([tone, words]) => html`<span><i class="key ${tone}"></i>${words}</span> `),
    ...(isFailed ? [html`<span><i class="key mark-failed"></i>stopped here</span> `] : []),
    ...(hasBreaks ? [html`<span><i class="key idle"></i>no work, drawn short</span>`] : []),
  ]
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`
}
