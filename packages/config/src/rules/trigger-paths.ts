/** Path patterns: readable, able to match, and claimed by one lane only. */
import type { Cursor } from '../cursor.ts'
import { type Automaton, parseGlob } from '../glob/glob.ts'
import { findPath } from '../glob/glob-language.ts'
import { effectiveTrigger, type EffectiveTexts } from './lane-values.ts'
import { type RuleContext, spanOfPart } from './rule-context.ts'

interface Pattern extends EffectiveTexts {
  readonly automaton: Automaton
}

interface PathTrigger {
  readonly lane: string
  /** Null: every repo. */
  readonly repos: readonly string[] | null
  readonly included: readonly Pattern[]
  readonly excluded: readonly Pattern[]
}

export function checkTriggerPaths(context: RuleContext): void {
  const triggers: PathTrigger[] = []
  for (const [lane, cursor] of context.root.get('lanes').entries()) {
    const repos = cursor.get('triggers').get('repos')
    const trigger = {
      lane,
      repos: repos.exists ? repos.texts().map(({ text }) => text) : null,
      ...readPatterns(context, effectiveTrigger(cursor, 'paths'), `lane "${lane}"`),
    }
    triggers.push(trigger)
    checkCanMatch(context, trigger, cursor)
  }
  for (const [name, candidate] of context.root.get('candidates').entries()) {
    readPatterns(context, candidate.get('paths').texts(), `candidate "${name}"`)
  }
  triggers.forEach((later, index) => {
    for (const earlier of triggers.slice(0, index)) checkClaimedOnce(context, earlier, later)
  })
}

function readPatterns(
  context: RuleContext,
  texts: readonly EffectiveTexts[],
  owner: string,
): Pick<PathTrigger, 'included' | 'excluded'> {
  const included: Pattern[] = []
  const excluded: Pattern[] = []
  for (const { text, cursor } of texts) {
    const isNegated = text.startsWith('!')
    const glob = parseGlob(isNegated ? text.slice(1) : text)
    if (glob.ok) (isNegated ? excluded : included).push({ text, cursor, automaton: glob.automaton })
    else if (text !== '') {
      context.sink.report('GLOB_INVALID', cursor.span, {
        message: `${owner}: the pattern "${text}" ${glob.problem}`,
      })
    }
  }
  return { included, excluded }
}

function checkCanMatch(context: RuleContext, trigger: PathTrigger, lane: Cursor): void {
  const { sink } = context
  const owner = `lane "${trigger.lane}"`
  const repos = lane.get('triggers').get('repos')
  if (trigger.repos?.length === 0 && repos.node?.kind === 'list' && repos.items().length === 0) {
    sink.report('TRIGGER_NEVER_MATCHES', repos.span, {
      message: `${owner}: repos is empty, so its paths mean no repo at all`,
      hint: 'Leave repos out to mean all of them.',
    })
  }
  const [firstExcluded] = trigger.excluded
  if (trigger.included.length === 0 && firstExcluded !== undefined) {
    sink.report('TRIGGER_NEVER_MATCHES', firstExcluded.cursor.span, {
      message: `${owner}: all its patterns take paths out, and none brings any in`,
      hint: 'Add a pattern without "!" before it, such as "**".',
    })
  }
  const none = trigger.excluded.map((pattern) => pattern.automaton)
  for (const pattern of trigger.included) {
    const all = [[pattern.automaton]]
    if (findPath({ all, none }).outcome !== 'none') continue
    const isPossible = findPath({ all, none: [] }).outcome !== 'none'
    sink.report('TRIGGER_NEVER_MATCHES', pattern.cursor.span, {
      message: isPossible
        ? `${owner}: whatever "${pattern.text}" matches is taken out again`
        : `${owner}: no path in a repository can match "${pattern.text}"`,
      hint: isPossible ? 'Remove the pattern, or narrow what takes its paths out.' : hintFor(pattern.text),
      related: isPossible
        ? trigger.excluded.map(({ cursor }) => ({ span: cursor.span, message: 'taken out here' }))
        : [],
    })
  }
}

function hintFor(pattern: string): string {
  if (pattern.startsWith('/'))
    return `Write "${pattern.slice(1)}": paths start at the top of the repository without "/".`
  if (pattern.startsWith('./'))
    return `Write "${pattern.slice(2)}": paths start at the top of the repository.`
  if (pattern.endsWith('/')) return `Write "${pattern}**" for everything in that folder.`
  return 'Paths have no empty, "." or ".." parts, and start at the top of the repository.'
}

/** One finding per pattern of the later lane; the related place is the pattern that claims the path already. */
function checkClaimedOnce(context: RuleContext, earlier: PathTrigger, later: PathTrigger): void {
  const { repos: a } = earlier
  const { repos: b } = later
  if (a !== null && b !== null && !a.some((repo) => b.includes(repo))) return
  const none = [...earlier.excluded, ...later.excluded].map((pattern) => pattern.automaton)
  const automata = (patterns: readonly Pattern[]) => patterns.map((pattern) => pattern.automaton)
  const isDisjoint =
    findPath({ all: [automata(earlier.included), automata(later.included)], none }).outcome === 'none'
  if (isDisjoint) return
  for (const pattern of later.included) {
    for (const other of earlier.included) {
      const path = exampleOf([other.automaton, pattern.automaton], none)
      if (path === null) continue
      context.sink.report('PATH_CLAIMED_TWICE', spanOfPart(context, pattern.cursor, pattern.text), {
        message: `lanes "${earlier.lane}" and "${later.lane}" both claim ${path}`,
        related: [
          {
            span: spanOfPart(context, other.cursor, other.text),
            message: `claimed by "${earlier.lane}" here`,
          },
        ],
      })
      break
    }
  }
}

const visibleNames = parseGlob('**/[!.]*')

/** A path that all of them match, one that reads like a file of somebody's where there is one; null: none. */
function exampleOf(patterns: readonly Automaton[], none: readonly Automaton[]): string | null {
  const all = patterns.map((automaton) => [automaton])
  const answer = findPath({ all, none })
  if (answer.outcome !== 'found') return null
  const visible = visibleNames.ok ? findPath({ all: [...all, [visibleNames.automaton]], none }) : answer
  return visible.outcome === 'found' ? visible.path : answer.path
}
