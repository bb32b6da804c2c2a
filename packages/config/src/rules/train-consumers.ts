/** Who adopts, in which order. */
import type { Cursor } from '../cursor.ts'
import { suggestion } from '../suggest.ts'
import type { RuleContext } from './rule-context.ts'

/** Package managers and registries that conduct drives itself; others come with `command` and `observe`. */
const managers = ['npm', 'pnpm', 'yarn', 'bundler'] as const
const ecosystems = ['npm', 'rubygems'] as const

export function checkTrainConsumers(context: RuleContext): void {
  for (const [name, train] of context.root.get('trains').entries()) {
    const producer = train.get('producer')
    const consumers = train.get('consumers').items()
    for (const entry of producer.get('publish').items()) {
      checkAdapter(context, entry, { key: 'ecosystem', known: ecosystems })
    }
    const seen = new Map<string, Cursor>()
    for (const consumer of consumers) {
      const repo = consumer.get('repo')
      const text = repo.text()
      checkAdapter(context, consumer.get('adopt'), { key: 'manager', known: managers })
      if (text === null) continue
      const earlier = seen.get(text)
      if (earlier === undefined) seen.set(text, repo)
      else {
        context.sink.report('CONSUMER_TWICE', repo.span, {
          message: `train "${name}" lists the consumer "${text}" twice`,
          related: [{ span: earlier.span, message: 'first here' }],
        })
      }
      const adopt = consumer.get('adopt')
      const adoptsNothing = adopt.text() === 'none' || adopt.get('via').text() === 'none'
      if (text === producer.get('repo').text() && !adoptsNothing) {
        context.sink.report('CONSUMER_IS_PRODUCER', repo.span, {
          message: `train "${name}": the consumer "${text}" is also its producer`,
          related: [{ span: producer.get('repo').span, message: 'producer' }],
        })
      }
    }
    checkCycles(context, name, consumers)
  }
}

function checkAdapter(
  { sink }: RuleContext,
  entry: Cursor,
  { key, known }: { readonly key: string; readonly known: readonly string[] },
): void {
  const [command, observe] = [entry.get('command'), entry.get('observe')]
  for (const [present, absent] of [
    [command, observe],
    [observe, command],
  ] as const) {
    if (!present.exists || absent.exists) continue
    sink.report('KEY_MISSING', present.ownKeySpan, {
      message: `${present.name} stands without ${absent.name}`,
      hint: `Add ${absent.name}: command acts, observe tells what is true before and after.`,
    })
  }
  const named = entry.get(key)
  const text = named.text()
  if (text === null || known.includes(text) || command.exists) return
  sink.report('VALUE_UNKNOWN', named.span, {
    message: `${key} "${text}" is not one that conduct drives itself`,
    hint: `${suggestion(text, known, 'Known')}; for any other give command and observe`,
  })
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly cursor: Cursor
}

/** Each cycle once, at its first entry in the file, the other entries as related places. */
function checkCycles({ sink }: RuleContext, train: string, consumers: readonly Cursor[]): void {
  const edges = consumers.flatMap((consumer): Edge[] => {
    const from = consumer.get('repo').text()
    if (from === null) return []
    return consumer
      .get('after')
      .texts()
      .map(({ text, cursor }) => ({ from, to: text, cursor }))
  })
  const reported = new Set<string>()
  for (const edge of edges) {
    const back = shortestWay(edges, edge.to, edge.from)
    if (back === null) continue
    const cycle = [edge, ...back]
    const identity = cycle
      .map(({ from }) => from)
      .sort()
      .join(' ')
    if (reported.has(identity)) continue
    reported.add(identity)
    sink.report('AFTER_CYCLE', edge.cursor.span, {
      message: `train "${train}": the consumers wait for each other: ${[edge.from, ...cycle.map(({ to }) => to)].join(' → ')}`,
      related: back.map(({ from, to, cursor }) => ({
        span: cursor.span,
        message: `"${from}" waits for "${to}"`,
      })),
    })
  }
}

/** Edges from one consumer to another, breadth first; empty when they are the same. */
function shortestWay(edges: readonly Edge[], from: string, to: string): readonly Edge[] | null {
  const ways = new Map<string, readonly Edge[]>([[from, []]])
  for (const [here, way] of ways) {
    if (here === to) return way
    for (const edge of edges) if (edge.from === here && !ways.has(edge.to)) ways.set(edge.to, [...way, edge])
  }
  return null
}
