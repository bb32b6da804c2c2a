/** A plan of schema changes as one page: tickets against turns, with what blocks whom. No script, nothing from elsewhere. */
import type { JudgedTicket, Turn } from '@conduct/planner'

import { html, join, type Html } from '../html-escape.ts'
import { pageHead } from '../html-head.ts'
import { styleSheet } from '../html-style.ts'
import {
  blockersOf,
  classMeanings,
  count,
  coverageText,
  headlineOf,
  kindsText,
  locksText,
  proofGaps,
  waitsText,
  type BatchReport,
  type Blocker,
} from './batch-report.ts'

export function renderBatchHtml(report: BatchReport): string {
  const { plan, smuggled, baseProblem, elsewhere } = report
  const signals = smuggled.flatMap(({ ticket, signals: all }) => all.map((each) => ({ ticket, ...each })))
  const { density, saved, turns, serialTurns, gap, lowerBound } = plan
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        ${pageHead}
        <title>Schema changes · ${count(turns.length, 'turn')}</title>
        <style>
          ${styleSheet}${batchStyle}
        </style>
      </head>
      <body>
        <main>
          <header class="card head tone-${signals.length > 0 ? 'bad' : 'plain'}">
            <p class="title">Schema changes that wait for the lane</p>
            <h1>${headlineOf(plan)}</h1>
            <ul class="figures">
              ${figure(`${turns.length}`, `turns instead of ${serialTurns}`, gap === 0 ? 'no plan has fewer' : `at least ${lowerBound} needed`, 'plain')}
              ${figure(`${saved.waitingHours} h`, 'of waiting saved', 'summed over all tickets', 'good')}
              ${figure(`${density.migrations} of ${density.inFlight}`, 'in flight change the schema', density.advice, 'plain')}
              ${figure(`${signals.length}`, 'outside of the lane', signals.length === 0 ? 'nothing found' : 'named below', signals.length === 0 ? 'quiet' : 'bad')}
            </ul>
          </header>
          ${turns.length === 0 ? '' : picture(report)}
          ${rows(
            'Outside of the lane',
            ['ticket', 'where', 'what', 'what to do'],
            signals.map(({ ticket, place, why, remedy }) => [
              code(ticket),
              code(`${place.file}:${place.line}`),
              why,
              remedy,
            ]),
          )}
          ${rows(
            'Turns',
            ['turn', 'about', 'locks', 'waits', 'not proved'],
            turns.map((turn) => [
              `${turn.id} (${turn.category})`,
              `${turn.holdMinutes}\u00A0min`,
              locksText(turn),
              waitsText(turn),
              proofGaps(turn).join('; '),
            ]),
          )}
          ${rows(
            'Alone',
            ['ticket', 'why'],
            plan.solo.map(({ ticket, because }) => [code(ticket), because.join('; ')]),
          )}
          ${rows(
            'Dropped',
            ['ticket', 'does the same as'],
            plan.dropped.map(({ ticket, duplicateOf }) => [code(ticket), code(duplicateOf)]),
          )}
          ${rows(
            'No place in any order',
            ['ticket', 'why'],
            plan.unplanned.map(({ ticket, because }) => [code(ticket), because]),
          )}
          ${rows(
            'Files that collide',
            ['what', 'files'],
            plan.collisions.map(({ rule, value, files }) => [
              `${rule.replace('_', ' ')} ${rule === 'same_content' ? '' : value}`,
              files.map((each) => `${each.file} (${each.ticket ?? 'base'})`).join(', '),
            ]),
          )}
          ${rows(
            'In another batch, or not read',
            ['what', 'why'],
            elsewhere.map(({ what, why }) => [code(what), why]),
          )}
          ${rows(
            'Not compared',
            ['ticket', 'why'],
            smuggled.flatMap(({ ticket, unknown }) => unknown.map((each) => [code(ticket), each])),
          )}
          ${
            baseProblem === null
              ? ''
              : html`<section class="card slim">
                  <h2>Base</h2>
                  <p class="empty">The base schema is not known: ${baseProblem}.</p>
                </section>`
          }
          <footer>
            Made by conduct, from what the branches say. Input ${plan.inputHash.slice(0, hashShown)}.
          </footer>
        </main>
      </body>
    </html> `
  return page.html
}

const hashShown = 12

function figure(value: string, label: string, note: string, tone: string): Html {
  return html`<li class="tone-${tone}"><b>${value}</b><span>${label}</span><small>${note}</small></li>`
}

/** A row for each ticket, a column for each turn: where it runs, and which turn before has what blocks it. */
function picture({ plan }: BatchReport): Html {
  const byId = new Map(plan.tickets.map((each) => [each.ticket.id, each]))
  const blockers = blockersOf(plan)
  const turnOf = new Map(
    plan.turns.flatMap(({ tickets }, at) => tickets.map((ticket) => [ticket, at] as const)),
  )
  const lines = plan.turns.flatMap((turn, at) =>
    turn.tickets.flatMap((id) => {
      const judged = byId.get(id)
      return judged === undefined
        ? []
        : [line({ judged, at, turns: plan.turns, blockers: blockers.get(id) ?? [], turnOf })]
    }),
  )
  return html`<section class="card">
    <h2>Tickets and turns</h2>
    <p class="note">Turns run from left to right, and in a turn from top to bottom.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Tickets and turns">
      <table class="turns">
        <thead>
          <tr>
            <th scope="col">ticket</th>
            ${join(plan.turns.map(({ holdMinutes }, at) => html`<th scope="col" class="turn">${String(at + 1)}<small>${String(holdMinutes)}&nbsp;min</small></th>`))}
            <th scope="col">what it does, and what blocks it</th>
          </tr>
        </thead>
        <tbody>
          ${join(lines)}
        </tbody>
      </table>
    </div>
    <p class="legend">
      <span><b class="run expand">S</b> adds</span> <span><b class="run contract">D</b> takes away</span>
      <span><b class="run solo">B</b> alone in its turn</span>
      <span><b class="blocks order">▸</b> has to come before</span>
      <span><b class="blocks apart">≠</b> cannot share a turn with it</span>
    </p>
  </section> `
}

function line(given: {
  readonly judged: JudgedTicket
  readonly at: number
  readonly turns: readonly Turn[]
  readonly blockers: readonly Blocker[]
  readonly turnOf: ReadonlyMap<string, number>
}): Html {
  const { judged, at, turns, blockers, turnOf } = given
  const { id } = judged.ticket
  const cells = turns.map(({ category }, column) => {
    if (column === at) {
      return html`<td class="at">
        <span class="run ${category}" title="${judged.cls}: ${classMeanings[judged.cls]}"
          >${judged.cls === 'opaque' ? '?' : judged.cls}</span
        >
      </td>`
    }
    const here = blockers.filter(({ ticket }) => turnOf.get(ticket) === column)
    if (here.length === 0) return html`<td class="at ${column < at ? 'before' : ''}"></td>`
    const isOrder = here.some(({ relation }) => relation === 'order')
    const told = here.map(({ ticket, text }) => `${ticket}: ${text}`).join('\n')
    return html`<td class="at before">
      <span class="blocks ${isOrder ? 'order' : 'apart'}" title="${told}">${isOrder ? '▸' : '≠'}</span>
    </td>`
  })
  const after = blockers.filter(({ relation }) => relation === 'order').map(({ ticket }) => ticket)
  const apart = blockers.filter(({ relation }) => relation !== 'order').map(({ ticket }) => ticket)
  const waits = [
    after.length === 0 ? '' : `after ${named(after)}`,
    apart.length === 0 ? '' : `apart from ${named(apart)}`,
  ].filter((each) => each !== '')
  const what = [kindsText(judged), coverageText(judged)].filter((each) => each !== '').join(', ')
  return html`<tr class="${turns[at]?.tickets[0] === id ? 'first' : ''}">
    <th scope="row" title="${id}">${id}</th>
    ${join(cells)}
    <td class="what">${what}${waits.length === 0 ? '' : html`<small>${waits.join('; ')}</small>`}</td>
  </tr> `
}

const namesShown = 3

function named(tickets: readonly string[]): string {
  const more = tickets.length - namesShown
  return tickets.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function code(text: string): Html {
  return html`<code>${text}</code>`
}

function rows(
  title: string,
  columns: readonly string[],
  cells: readonly (readonly (Html | string)[])[],
): Html | string {
  if (cells.length === 0) return ''
  return html`<section class="card">
    <h2>${title}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table>
        <thead>
          <tr>
            ${join(columns.map((column) => html`<th scope="col">${column}</th>`))}
          </tr>
        </thead>
        <tbody>
          ${join(
            cells.map(
              (row) =>
                html`<tr>
                  ${join(row.map((cell) => html`<td>${cell}</td>`))}
                </tr> `,
            ),
          )}
        </tbody>
      </table>
    </div>
  </section> `
}

const batchStyle: Html = {
  html: `
.turns{width:100%}.turns th small,.turns td small{display:block;color:var(--muted);font-weight:400;font-size:12px}
.turns td,.turns th{padding:5px 8px 5px 0;border-bottom:0;vertical-align:middle}
.turns thead th{vertical-align:bottom;border-bottom:1px solid var(--line)}
.turns th.turn{text-align:center;padding:4px 6px 6px;min-width:52px}
.turns tbody th{color:var(--ink);font-weight:500;max-width:220px;overflow:hidden;text-overflow:ellipsis;padding-right:14px}
.turns tr.first td,.turns tr.first th{border-top:1px solid var(--line)}
.turns td.at{text-align:center;padding:4px 6px;min-width:0}.turns td.before{background:linear-gradient(var(--line),var(--line)) center/100% 1px no-repeat}
.turns td.what{padding-left:14px;min-width:220px}
.run,.blocks{display:inline-grid;place-items:center;min-width:36px;height:24px;border-radius:6px;font-size:12px;font-weight:650}
.run{color:var(--on-fill);background:var(--fill)}.expand{--fill:var(--accent)}.contract{--fill:var(--waiting)}.solo{--fill:var(--unknown)}
@media(max-width:700px){.scroll table:not(.turns) td{min-width:120px}.scroll table:not(.turns) td+td{min-width:200px}}
.blocks{min-width:24px;background:var(--card);border:1px solid var(--fill);color:var(--fill)}.order{--fill:var(--good)}.apart{--fill:var(--bad)}
.legend b.run,.legend b.blocks{width:auto;padding:0 6px}
`,
}
