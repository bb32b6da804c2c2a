import type { Verification, WrittenSources } from '@conduct/conductor'
import type { Style } from '../output/style.ts'

export interface Verified {
  readonly sources: WrittenSources
  readonly branch: string
  readonly ways: readonly { readonly by: 'sql' | 'command'; readonly result: Verification }[]
}

export function verifiedToWire({ sources, branch, ways }: Verified): object {
  return {
    batch: sources.id,
    branch,
    base: sources.base.commit,
    commit: sources.batch.commit,
    tickets: sources.tickets.map((each) => each.id),
    ways: ways.map(({ by, result }) => ({ by, ...resultToWire(result) })),
  }
}

function resultToWire(result: Verification): object {
  switch (result.outcome) {
    case 'equal':
      return result
    case 'different':
      return { outcome: result.outcome, only_batch: result.onlyBatch, only_tickets: result.onlyTickets }
    case 'failed':
      return result
    default:
      return result satisfies never
  }
}

const factsShownMax = 20

export function verifiedText({ sources, branch, ways }: Verified, style: Style): string {
  const count = sources.tickets.length
  const head = `${style.cyan(branch)}: the batch, and its ${count} ${count === 1 ? 'ticket' : 'tickets'} one after another.\n`
  return (
    head +
    ways
      .map(({ by, result }) => wayText(by === 'sql' ? 'as SQL' : 'by the app’s command', result, style))
      .join('')
  )
}

function wayText(by: string, result: Verification, style: Style): string {
  switch (result.outcome) {
    case 'equal':
      return `${style.green('✔')} ${by}: equal, ${result.facts} facts of the catalog compared\n`
    case 'different':
      return [
        `${style.red('✖')} ${by}: different\n`,
        factsText('only the batch has', result.onlyBatch),
        factsText('only the tickets have', result.onlyTickets),
      ].join('')
    case 'failed':
      return `${style.red('✖')} ${by}: ${result.step} does not run${result.side === 'batch' ? '' : ' among the tickets'}\n${indented(result.problem)}`
    default:
      return result satisfies never
  }
}

function factsText(title: string, facts: readonly string[]): string {
  if (facts.length === 0) return ''
  const more = facts.length - factsShownMax
  const shown = facts.slice(0, factsShownMax).map((fact) => `    ${fact.split('\n')[0] ?? ''}\n`)
  return `  ${title}\n${shown.join('')}${more > 0 ? `    and ${more} more\n` : ''}`
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')
}
