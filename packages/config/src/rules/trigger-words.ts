/** Flags, commands and actions: readable, and not shadowed by another lane's. */
import type { Cursor } from '../cursor.ts'
import { splitWords } from '../words.ts'
import { effectiveTrigger, type EffectiveTexts } from './lane-values.ts'
import { type RuleContext, spanOfPart } from './rule-context.ts'

export function checkTriggerWords(context: RuleContext): void {
  const lanes = context.root.get('lanes').entries()
  for (const [name, lane] of lanes) checkCommandPatterns(context, name, lane)
  lanes.forEach(([name, lane], index) => {
    for (const [earlierName, earlier] of lanes.slice(0, index)) {
      const names = { later: name, earlier: earlierName }
      compare(context, names, { kind: 'flags', earlier, lane, covers: (a, b) => a === b })
      compare(context, names, { kind: 'actions', earlier, lane, covers: (a, b) => a === b })
      compare(context, names, { kind: 'commands', earlier, lane, covers: commandCovers })
    }
  })
}

function checkCommandPatterns({ sink }: RuleContext, lane: string, cursor: Cursor): void {
  for (const { text, cursor: place } of effectiveTrigger(cursor, 'commands')) {
    const split = splitWords(text)
    if (split.ok || text === '') continue
    sink.report('COMMAND_INVALID', place.span, {
      message: `lane "${lane}": the command pattern "${text}" ${split.problem}`,
      hint: 'Write the words of the command, * for any word; a pattern is compared word by word.',
    })
  }
}

interface Comparison {
  readonly kind: 'flags' | 'actions' | 'commands'
  readonly earlier: Cursor
  readonly lane: Cursor
  readonly covers: (covering: string, covered: string) => boolean
}

function compare(
  context: RuleContext,
  names: { readonly later: string; readonly earlier: string },
  { kind, earlier, lane, covers }: Comparison,
): void {
  for (const mine of effectiveTrigger(lane, kind)) {
    const theirs = effectiveTrigger(earlier, kind)
    const covering = theirs.find(({ text }) => covers(text, mine.text))
    if (covering !== undefined) {
      reportShadow(context, { shadowed: mine, by: covering, lane: names.later, other: names.earlier, kind })
      continue
    }
    const covered = theirs.find(({ text }) => covers(mine.text, text))
    if (covered !== undefined) {
      reportShadow(context, { shadowed: covered, by: mine, lane: names.earlier, other: names.later, kind })
    }
  }
}

function reportShadow(
  context: RuleContext,
  found: {
    readonly shadowed: EffectiveTexts
    readonly by: EffectiveTexts
    readonly lane: string
    readonly other: string
    readonly kind: Comparison['kind']
  },
): void {
  const noun = found.kind.slice(0, -1)
  context.sink.report('TRIGGER_SHADOWED', spanOfPart(context, found.shadowed.cursor, found.shadowed.text), {
    message: `the ${noun} "${found.shadowed.text}" of lane "${found.lane}" always needs lane "${found.other}" too`,
    related: [
      {
        span: spanOfPart(context, found.by.cursor, found.by.text),
        message: `covered by "${found.by.text}" of "${found.other}"`,
      },
    ],
  })
}

/** Whether every command that `covered` matches is matched by `covering`. `*` is any word, at the end any words. */
function commandCovers(covering: string, covered: string): boolean {
  const a = splitWords(covering)
  const b = splitWords(covered)
  if (!a.ok || !b.ok) return false
  for (const [index, word] of a.words.entries()) {
    if (word === '*' && index === a.words.length - 1) return b.words.length >= index
    const other = b.words[index]
    if (other === undefined) return false
    if (word !== '*' && word !== other) return false
    if (other === '*' && index === b.words.length - 1) return false
  }
  return a.words.length === b.words.length
}
