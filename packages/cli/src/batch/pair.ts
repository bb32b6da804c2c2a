import { type ExplainedPair, type ExplainedTicket, objectOf } from '@conduct/planner'
import type { Style } from '../output/style.ts'

export function pairToWire({ a, b, relation, isTogether, because }: ExplainedPair): object {
  return {
    a: ticketToWire(a),
    b: ticketToWire(b),
    relation: relation.relation,
    reasons: relation.because,
    together: isTogether,
    because,
  }
}

function ticketToWire({ judged, turn, place }: ExplainedTicket): object {
  return {
    id: judged.ticket.id,
    class: judged.cls,
    category: judged.category,
    turn,
    place,
    alone_because: judged.because,
    operations: judged.operations.map(({ operation, cls, fact, locks }) => ({
      kind: operation.kind,
      object: objectOf(operation),
      class: cls,
      fact,
      locks,
      file: operation.place.file,
      line: operation.place.line,
    })),
  }
}

export function pairText({ a, b, relation, isTogether, because }: ExplainedPair, style: Style): string {
  const names = `${style.cyan(a.judged.ticket.id)} and ${style.cyan(b.judged.ticket.id)}`
  const head = `${names} ${isTogether ? style.green('share a turn') : style.yellow('do not share a turn')}.`
  const reasons = because.map((each) => `  ${each}\n`).join('')
  const places = relation.because
    .map(
      ({ text, first, second }) => `  ${text} (${first.file}:${first.line}, ${second.file}:${second.line})\n`,
    )
    .join('')
  const stand = `${style.bold('How they stand to each other')}\n  ${relation.relation}\n${places}`
  return [`${head}\n${reasons}`, stand, ticketText(a, style), ticketText(b, style)].join('\n')
}

function ticketText({ judged, turn }: ExplainedTicket, style: Style): string {
  const where = turn === null ? 'in no turn' : turn
  const lines = judged.operations.map(({ operation, cls, fact, locks }) => {
    const locked = locks.map(({ table, mode }) => `${table} ${mode}`).join(', ')
    const known = fact === null ? 'no fact' : `fact ${fact}`
    const what = `${operation.kind.replaceAll('_', ' ')} ${objectOf(operation)}`
    return `  ${cls.padEnd(6)}${what}; ${known}; ${locked === '' ? 'locks nothing that exists' : `locks ${locked}`} (${operation.place.file}:${operation.place.line})\n`
  })
  return `${style.bold(judged.ticket.id)}  ${judged.category}, ${where}\n${lines.join('')}`
}
