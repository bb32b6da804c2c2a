/** Names that have to be declared somewhere else in the file. */
import { type FindingCode, nearest } from '@conduct/core'
import type { Cursor } from '../cursor.ts'
import { isPreset, trainActions } from '../defaults.ts'
import { suggestion } from '../suggest.ts'
import { effectiveTrigger, isDeclared } from './lane-values.ts'
import { type RuleContext, spanOfPart } from './rule-context.ts'

export function checkReferences(context: RuleContext): void {
  const { root, sink } = context
  const people = reference(context, { kind: 'people', code: 'LANE_UNKNOWN_PERSON', noun: 'a person' })
  const repos = reference(context, { kind: 'repos', code: 'LANE_UNKNOWN_REPO', noun: 'a repo' })
  const lanes = reference(context, { kind: 'lanes', code: 'LANE_UNKNOWN_LANE', noun: 'a lane' })

  for (const [name, lane] of root.get('lanes').entries()) {
    const owner = `lane "${name}"`
    for (const key of ['captains', 'holders']) for (const item of lane.get(key).items()) people(item, owner)
    for (const item of lane.get('approval').get('by').items()) people(item, owner)
    checkIssueRepo(context, lane, owner)
    people(lane.get('justification').get('signed_off_by'), owner)
    for (const item of lane.get('triggers').get('repos').items()) repos(item, owner)
    const projects = root.get('projects')
    if (
      lane.get('scope').text() === 'project' &&
      projects.node?.kind === 'list' &&
      projects.items().length === 0
    ) {
      sink.report('LANE_UNKNOWN_PROJECT', projects.span, {
        message: `${owner} is held per project, but no project is declared`,
        related: [{ span: lane.get('scope').span, message: 'held per project here' }],
      })
    }
  }

  repos(root.get('tasks').get('repo'), 'tasks')

  for (const [name, train] of root.get('trains').entries()) {
    const owner = `train "${name}"`
    if (train.get('lane').exists) lanes(train.get('lane'), owner)
    else checkInferredLane(context, name, train)
    repos(train.get('producer').get('repo'), owner)
    const consumers = train.get('consumers').items()
    const known = consumers.flatMap((consumer) => consumer.get('repo').text() ?? [])
    for (const consumer of consumers) {
      repos(consumer.get('repo'), owner)
      for (const { text, cursor } of consumer.get('after').texts()) {
        // A consumer whose own name is mistyped is one mistake, not two.
        const mistyped = known.filter((repo) => !isDeclared(root, 'repos', repo))
        if (known.includes(text) || nearest(text, mistyped) !== null) continue
        sink.report('LANE_UNKNOWN_CONSUMER', cursor.span, {
          message: `${owner} orders a consumer after "${text}", which is no consumer of it`,
          hint: suggestion(text, known, 'Consumers'),
        })
      }
    }
  }
}

/** `engine#12`: the part before the number is a declared repo. */
function checkIssueRepo(context: RuleContext, lane: Cursor, owner: string): void {
  const { root, sink } = context
  const issue = lane.get('approval').get('issue')
  const repo = issue.text()?.split('#')[0] ?? ''
  const repos = root.get('repos')
  if (repo === '' || repos.node?.kind !== 'map' || repos.names().includes(repo)) return
  sink.report('LANE_UNKNOWN_REPO', spanOfPart(context, issue, repo), {
    message: `${owner} takes approvals at an issue of a repo that is not declared: "${repo}"`,
    hint: suggestion(repo, repos.names(), 'Declared repos'),
  })
}

interface ReferenceKind {
  readonly kind: 'people' | 'repos' | 'lanes'
  readonly code: FindingCode
  readonly noun: string
}

function reference(
  context: RuleContext,
  { kind, code, noun }: ReferenceKind,
): (cursor: Cursor, owner: string) => void {
  const declared = context.root.get(kind)
  const known = declared.names()
  return (cursor, owner) => {
    const text = cursor.text()
    // Where the declarations themselves are missing or broken, that is the finding.
    if (text === null || declared.node?.kind !== 'map' || known.includes(text)) return
    context.sink.report(code, cursor.span, {
      message: `${owner} names ${noun} ${noun === 'a person' ? 'who' : 'that'} is not declared: "${text}"`,
      hint: suggestion(text, known, `Declared ${kind}`),
    })
  }
}

function checkInferredLane({ root, sink }: RuleContext, name: string, train: Cursor): void {
  const lanes = root.get('lanes')
  if (lanes.node?.kind !== 'map' || train.node?.kind !== 'map') return
  // A lane that is broken, or whose preset is mistyped, may be the one.
  const mayCarry = (lane: Cursor) =>
    lane.node?.kind !== 'map' || (lane.get('use').exists && !isPreset(lane.get('use').text()))
  if (lanes.entries().some(([, lane]) => mayCarry(lane))) return
  const carriers = lanes
    .entries()
    .filter(([, lane]) =>
      effectiveTrigger(lane, 'actions').some(({ text }) =>
        (trainActions as readonly string[]).includes(text),
      ),
    )
  if (carriers.length === 1) return
  sink.report('LANE_NOT_INFERRED', train.lackingSpan, {
    message:
      carriers.length === 0
        ? `train "${name}" names no lane, and no lane carries publish, adopt or deploy`
        : `train "${name}" names no lane, and ${carriers.length} lanes carry publish, adopt or deploy`,
    related: carriers.map(([lane, cursor]) => ({ span: cursor.ownKeySpan, message: `"${lane}" does` })),
  })
}
