import { formatDuration } from '@conduct/core'
import { html, join, type Html } from './html-escape.ts'
import type { Timeline } from './model.ts'

/** Bars stay visible however short a step was. */
const barShareMin = 0.004

export function timelineHtml({ rows, breaks, ticks }: Timeline): Html {
  let phaseBefore = ''
  const lines = rows.map(({ phase, label, bars }) => {
    const isNew = phase !== phaseBefore
    phaseBefore = phase
    return html`<div class="row${isNew ? ' first' : ''}">
      <span class="label">${isNew ? html`<b>${phase}</b>` : ''}</span><span class="label repo">${label}</span>
      <div class="track">
        ${join(bars.map(({ from, to, mark, title }) => html`<i class="bar mark-${mark}" style="left:${percent(Math.min(from, 1 - barShareMin))};width:${percent(Math.max(barShareMin, to - from))}" title="${title}"></i>`))}
      </div>
    </div> `
  })
  const grid = html`<div class="grid" aria-hidden="true">
    ${join(ticks.map(({ at, label }) => html`<span class="tick${at > 0.95 ? ' last' : ''}" style="left:${percent(at)}"><b>${label}</b></span>`))}${join(breaks.map(({ from, to, durationMs }) => html`<span class="break" style="left:${percent(from)};width:${percent(to - from)}" title="nothing happened for ${formatDuration(durationMs)}"><b>${formatDuration(durationMs)}</b></span>`))}
  </div>`
  return html`<section class="card">
    <h2>Timeline</h2>
    <p class="note">
      One bar per step, by phase and
      repo${breaks.length === 0 ? '' : '; hatched stretches are waits, drawn short'}.
    </p>
    <div class="scroll"><div class="timeline">${grid}${join(lines)}</div></div>
  </section> `
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`
}
