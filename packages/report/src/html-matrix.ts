import { html, join, type Html } from './html-escape.ts'
import type { Matrix, MatrixCell, Section } from './model.ts'

const signs = {
  green: '✓',
  red: '✕',
  overridden: '!',
  unknown: '?',
  not_applicable: '·',
} as const

export function matrixHtml(
  { title, note, columns, rows, trouble }: Matrix,
  tableHtml: (section: Section) => Html,
): Html {
  return html`<section class="card">
    <h2>${title}</h2>
    <p class="note">${note}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table class="matrix">
        <thead>
          <tr>
            <td></td>
            ${join(columns.map((column) => html`<th scope="col"><span>${column.replaceAll('_', ' ')}</span></th>`))}
          </tr>
        </thead>
        <tbody>
          ${join(
            rows.map(
              ({ label, cells }) =>
                html`<tr>
                  <th scope="row" title="${label}">${label}</th>
                  ${join(cells.map(cellHtml))}
                </tr> `,
            ),
          )}
        </tbody>
      </table>
    </div>
    <p class="legend">
      <span><b class="v-green">✓</b> green</span> <span><b class="v-red">✕</b> red</span>
      <span><b class="v-overridden">!</b> red, overridden by name</span>
      <span><b class="v-unknown">?</b> could not be read</span>
      <span><b class="v-na">·</b> not applicable</span>
    </p>
    ${trouble.rows.length === 0 ? '' : html`<div class="trouble">${tableHtml(trouble)}</div>`}
  </section> `
}

function cellHtml(cell: MatrixCell): Html {
  if (cell === null) return html`<td></td>`
  const { verdict, title } = cell
  const name = verdict === 'not_applicable' ? 'na' : verdict
  return html`<td class="v-${name}" title="${title}">
    <span aria-hidden="true">${signs[verdict]}</span
    ><span class="unseen">${verdict.replaceAll('_', ' ')}</span>
  </td>`
}
