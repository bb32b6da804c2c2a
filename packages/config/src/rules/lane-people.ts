/** Approvers and sign-offs of lanes, and what a lane must say to exist. */
import type { Cursor } from '../cursor.ts'
import { approvers, effectiveTrigger, isAgent, isDeclared } from './lane-values.ts'
import type { RuleContext } from './rule-context.ts'

export function checkLanePeople(context: RuleContext): void {
  for (const [name, lane] of context.root.get('lanes').entries()) {
    if (lane.node?.kind !== 'map') continue
    checkApproval(context, name, lane)
    checkJustification(context, name, lane)
  }
}

function checkApproval({ root, sink }: RuleContext, name: string, lane: Cursor): void {
  const approval = lane.get('approval')
  for (const { text, cursor } of approval.get('by').texts()) {
    if (isAgent(root, text)) {
      sink.report('APPROVER_AGENT', cursor.span, {
        message: `lane "${name}" lets "${text}" approve, who is an agent`,
        related: [{ span: root.get('people').get(text).get('kind').span, message: 'declared an agent here' }],
      })
    }
  }
  if (approval.text() === 'none') return
  const people = approvers(lane).filter(
    ({ text }) => isDeclared(root, 'people', text) && !isAgent(root, text),
  )
  const listed = approval.get('by').exists
    ? approvers(lane)
    : approvers(lane).filter(({ text }) => !isAgent(root, text))
  const distinct = new Set(listed.map(({ text }) => text))
  const isNeeded = effectiveTrigger(lane, 'actions').length > 0 || isLaneOfTrain(root, name)
  const captains = lane.get('captains')
  const isReadable = !captains.exists || captains.node?.kind === 'list'
  if (isNeeded && isReadable && approvers(lane).length === 0) {
    sink.report('APPROVER_NONE', approval.exists ? approval.ownKeySpan : lane.ownKeySpan, {
      message: `lane "${name}" carries irreversible actions, and nobody may approve them: it has no captain`,
    })
  } else if (
    isNeeded &&
    isReadable &&
    !approval.get('by').exists &&
    approvers(lane).every(({ text }) => isAgent(root, text))
  ) {
    sink.report('APPROVER_NONE', lane.get('captains').span, {
      message: `lane "${name}" carries irreversible actions, and all its captains are agents, who never approve`,
    })
  }
  const [sole] = people
  if (isNeeded && distinct.size === 1 && sole !== undefined && !isAlone(root) && mayHold(lane, sole.text)) {
    sink.report('APPROVER_SOLE_HOLDER', sole.cursor.span, {
      message: `"${sole.text}" is the only approver of lane "${name}" and may also hold it`,
      related: lane
        .get('holders')
        .texts()
        .filter(({ text }) => text === sole.text)
        .map(({ cursor }) => ({ span: cursor.span, message: 'may hold it' })),
    })
  }
}

function checkJustification({ root, sink }: RuleContext, name: string, lane: Cursor): void {
  const justification = lane.get('justification')
  if (!justification.exists) {
    if (lane.get('use').exists) return
    sink.report('JUSTIFICATION_MISSING', lane.ownKeySpan, { message: `lane "${name}" has no justification` })
    return
  }
  if (justification.node?.kind !== 'map') return
  const incidents = justification.get('incidents')
  const count = new Set(incidents.texts().map(({ text }) => text)).size
  if (count < 2 && !justification.get('irreversible').isTrue()) {
    sink.report('JUSTIFICATION_INSUFFICIENT', incidents.exists ? incidents.span : justification.ownKeySpan, {
      message: `lane "${name}" is justified by ${count === 0 ? 'no incident' : 'one incident'}; it takes two, or irreversible: true`,
    })
  }
  const signedOffBy = justification.get('signed_off_by')
  const by = signedOffBy.text()
  const captains = lane.get('captains')
  if (by === null || !isDeclared(root, 'people', by) || captains.texts().some(({ text }) => text === by))
    return
  sink.report('SIGN_OFF_NOT_CAPTAIN', signedOffBy.span, {
    message: `lane "${name}" is signed off by "${by}", who is no captain of it`,
    related: captains.exists ? [{ span: captains.span, message: 'its captains' }] : [],
  })
}

function isAlone(root: Cursor): boolean {
  return (
    root
      .get('people')
      .names()
      .filter((name) => !isAgent(root, name)).length <= 1
  )
}

function mayHold(lane: Cursor, person: string): boolean {
  const holders = lane.get('holders')
  return !holders.exists || holders.texts().some(({ text }) => text === person)
}

function isLaneOfTrain(root: Cursor, lane: string): boolean {
  return root
    .get('trains')
    .entries()
    .some(([, train]) => train.get('lane').text() === lane)
}
