import type { JudgedTicket } from './judge-ticket.ts'

/**
 * Turns that take something away wait for their code to be live: they come after all that adds, unless what adds needs them. The
 * others, and those among themselves, keep their order.
 */
export function contractLast(
  turns: readonly (readonly string[])[],
  tickets: readonly JudgedTicket[],
  before: readonly (readonly [string, string])[],
): readonly (readonly string[])[] {
  const late = new Set(tickets.filter((each) => each.category === 'contract').map((each) => each.ticket.id))
  const rest = [...turns]
  const ordered: (readonly string[])[] = []
  while (rest.length > 0) {
    const waiting = new Set(rest.flat())
    const isReady = (turn: readonly string[]): boolean =>
      before.every(([first, second]) => !turn.includes(second) || turn.includes(first) || !waiting.has(first))
    const ready = rest.filter(isReady)
    const next = ready.find((turn) => !turn.some((id) => late.has(id))) ?? ready[0] ?? rest[0]
    if (next === undefined) break
    rest.splice(rest.indexOf(next), 1)
    ordered.push(next)
  }
  return ordered
}
