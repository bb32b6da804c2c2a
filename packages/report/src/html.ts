/**
 * A report as one page: no script, no external resource, readable on a phone, on paper, in light and in dark.
 * Everything that came from outside is escaped; a policy in the page forbids whatever slips through.
 */
import { formatDuration } from '@conduct/core'
import { html, join, type Html } from './html-escape.ts'
import { pageHead } from './html-head.ts'
import { styleSheet } from './html-style.ts'
import { matrixHtml } from './html-matrix.ts'
import { timelineHtml } from './html-timeline.ts'
import type { Alert, Cell, Fact, Figure, JourneyPhase, Mark, Report, Section } from './model.ts'

export function renderHtml(report: Report): string {
  const onPage = report.sections.filter(({ isOnlyText }) => isOnlyText !== true)
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        ${pageHead}
        <title>${report.title} · ${report.state}</title>
        <style>
          ${styleSheet}
        </style>
      </head>
      <body>
        <main>
          <header class="card head tone-${report.tone}">
            <p class="title">${report.title} <span class="badge">${report.state}</span></p>
            <h1>${report.headline}</h1>
            ${report.alert === null ? '' : alertHtml(report.alert)}
            ${report.next === null ? '' : html`<div class="next"><span>Next</span><code>${report.next}</code></div>`}
            ${
              report.figures.length === 0
                ? ''
                : html`<ul class="figures">
                    ${join(report.figures.map(figureHtml))}
                  </ul>`
            }
            <dl class="facts">${join(report.facts.map(factHtml))}</dl>
          </header>
          ${report.journey.length === 0 ? '' : journeyHtml(report.journey)}
          ${report.timeline === null ? '' : timelineHtml(report.timeline)}
          ${join(onPage.filter(isOpen).map(sectionHtml))}
          ${report.matrix === null ? '' : matrixHtml(report.matrix, tableHtml)}
          ${join(onPage.filter((section) => !isOpen(section)).map(sectionHtml))}
          <footer>Made by conduct, from the record alone.</footer>
        </main>
      </body>
    </html> `
  return page.html
}

function alertHtml({ title, lines }: Alert): Html {
  return html`<div class="alert" role="note">
    <strong>${title}</strong>${join(lines.map((line) => html`<p>${line}</p>`))}
  </div>`
}

function figureHtml({ label, value, note, tone }: Figure): Html {
  return html`<li class="tone-${tone}"><b>${value}</b><span>${label}</span><small>${note}</small></li>`
}

function isOpen({ isFolded, isDetail }: Section): boolean {
  return isFolded !== true && isDetail !== true
}

function factHtml({ label, value }: Fact): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${cellHtml(value)}</dd>
  </div>`
}

const markWords = {
  done: 'done',
  failed: 'stopped here',
  unknown: 'unknown',
  running: 'under way',
  partial: 'in part',
  waiting: 'waiting',
  skipped: 'nothing to do',
  pending: 'not yet',
} as const satisfies Record<Mark, string>

function journeyHtml(phases: readonly JourneyPhase[]): Html {
  const stations = phases.map(
    ({ number, phase, mark, summary, durationMs }) =>
      html`<li class="mark-${mark}">
        <span class="dot" aria-hidden="true"></span>
        <span class="phase"><small>${String(number)}</small> ${phase}</span>
        <span class="what"
          >${summary === '' || summary === markWords[mark] ? html`<em>${markWords[mark]}</em>` : html`<span class="said">${markWords[mark]}: </span>${summary}`}</span
        >
        <span class="took">${durationMs === null ? '' : formatDuration(durationMs)}</span>
      </li>`,
  )
  return html`<section class="card">
    <h2>Journey</h2>
    <ol class="journey">
      ${join(stations)}
    </ol>
  </section> `
}

function sectionHtml(section: Section): Html | string {
  const { title, note, rows, empty } = section
  if (!isOpen(section)) {
    if (rows.length === 0) return ''
    return html`<section class="card fold">
      <details>
        <summary>${title} <span class="count">${String(rows.length)}</span></summary>
        ${note === null ? '' : html`<p class="note">${note}</p>`}${tableHtml(section)}
      </details>
    </section> `
  }
  if (rows.length === 0)
    return html`<section class="card slim">
      <h2>${title}</h2>
      <p class="empty">${empty}</p>
    </section> `
  return html`<section class="card">
    <h2>${title}</h2>
    ${note === null ? '' : html`<p class="note">${note}</p>`}${tableHtml(section)}
  </section> `
}

function tableHtml({ title, columns, rows }: Section): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
    <table>
      <thead>
        <tr>
          ${join(columns.map((column) => html`<th scope="col">${column}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${join(
          rows.map(
            (row) =>
              html`<tr>
                ${join(row.map((cell) => html`<td>${cellHtml(cell)}</td>`))}
              </tr> `,
          ),
        )}
      </tbody>
    </table>
  </div>`
}

/** A verdict of a word or three stands on one line. */
const wordLengthMax = 24
/** Longer ones may break anywhere; shorter ones (versions, commits, names) never do. */
const codeLengthUnbroken = 30

function cellHtml({ text: whole, short, full = whole, isCode, tone, href }: Cell): Html {
  const text = short ?? whole
  const title = full === text ? '' : html` title="${full}"`
  const isLong = text.length > codeLengthUnbroken
  const isWord = text.length <= wordLengthMax
  const inner =
    isCode === true
      ? html`<code${isLong ? html` class="long"` : ''}${title}>${text}</code>`
      : html`<span${isWord ? html` class="word"` : ''}${title}>${text}</span>`
  const linked = href === undefined ? inner : html`<a href="${href}" rel="noreferrer" ${title}>${text}</a>`
  if (tone === undefined || tone === 'plain') return linked
  return html`<span class="is-${tone}">${linked}</span>`
}
