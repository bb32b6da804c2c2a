/** Whether the approvers of a lane can give the proof that it asks for. */
import type { Cursor } from '../cursor.ts'
import { readPublicKey } from '../public-key.ts'
import { approvers, isAgent, isDeclared } from './lane-values.ts'
import type { RuleContext } from './rule-context.ts'

export function checkApprovalProof(context: RuleContext): void {
  for (const [name, lane] of context.root.get('lanes').entries()) {
    const approval = lane.get('approval')
    if (approval.node?.kind !== 'map') continue
    const isSigned = approval.get('signed').isTrue()
    const isAtForge = approval.get('via').text() === 'forge'
    if (approval.get('issue').exists && !isAtForge) {
      context.sink.report('APPROVAL_CONTRADICTION', approval.get('issue').span, {
        message: `lane "${name}" names an issue for approvals, which are given on the command line`,
        hint: 'Add via: forge, or take issue away.',
      })
    }
    if (isSigned && isAtForge) {
      context.sink.report('APPROVAL_CONTRADICTION', approval.get('via').span, {
        message: `lane "${name}" asks for a signature and for a word at the forge, which carries none`,
        related: [{ span: approval.get('signed').span, message: 'signatures demanded here' }],
      })
    } else if (isSigned) {
      checkMeans(context, { name, lane, asked: approval.get('signed'), ...keys })
    } else if (isAtForge) {
      checkMeans(context, { name, lane, asked: approval.get('via'), ...logins })
    }
  }
}

/** What an approver needs to prove who they are, as it stands in `people`. */
interface Means {
  readonly key: 'signing_key' | 'forge'
  readonly missing: 'APPROVER_WITHOUT_KEY' | 'APPROVER_WITHOUT_LOGIN'
  readonly shared: 'APPROVER_KEY_SHARED' | 'APPROVER_LOGIN_SHARED'
  readonly demands: string
  /** What two people may not have in common; a problem is the end of "the signing_key of ana …". */
  readonly read: (text: string) => { readonly sameness: string } | { readonly problem: string }
}

const keys: Means = {
  key: 'signing_key',
  missing: 'APPROVER_WITHOUT_KEY',
  shared: 'APPROVER_KEY_SHARED',
  demands: 'signed approvals',
  read: (text) => {
    const read = readPublicKey(text)
    return 'key' in read ? { sameness: read.key.blob } : read
  },
}

const logins: Means = {
  key: 'forge',
  missing: 'APPROVER_WITHOUT_LOGIN',
  shared: 'APPROVER_LOGIN_SHARED',
  demands: 'approvals at the forge',
  // Forges do not tell letters of different case apart.
  read: (text) => ({ sameness: text.toLowerCase() }),
}

type Asked = Means & { readonly name: string; readonly lane: Cursor; readonly asked: Cursor }

function checkMeans(context: RuleContext, asked: Asked): void {
  const { root } = context
  const seen = new Map<string, string>()
  for (const { text: person, cursor } of approvers(asked.lane)) {
    if (!isDeclared(root, 'people', person) || isAgent(root, person)) continue
    const declared = root.get('people').get(person).get(asked.key)
    const text = declared.text()
    if (text === null) {
      if (!declared.exists) reportMissing(context, asked, { person, cursor })
      continue
    }
    const read = asked.read(text)
    if ('problem' in read) {
      reportMissing(context, asked, { person, cursor, problem: read.problem })
      continue
    }
    const other = seen.get(read.sameness)
    if (other !== undefined && other !== person) reportShared(context, asked, [other, person])
    seen.set(read.sameness, person)
  }
}

function reportMissing(
  { root, sink }: RuleContext,
  { name, asked, key, missing, demands }: Asked,
  approver: { readonly person: string; readonly cursor: Cursor; readonly problem?: string },
): void {
  const { person, cursor, problem } = approver
  const declared = root.get('people').get(person)
  const lacks = problem === undefined ? `has no ${key}` : `has a ${key} that ${problem}`
  sink.report(missing, problem === undefined ? cursor.span : declared.get(key).span, {
    message: `lane "${name}" demands ${demands}, and "${person}" ${lacks}`,
    related: [
      { span: asked.span, message: `${key === 'signing_key' ? 'signatures' : demands} demanded here` },
      problem === undefined
        ? { span: declared.ownKeySpan, message: `no ${key} here` }
        : { span: cursor.span, message: 'may approve' },
    ],
  })
}

function reportShared(
  { root, sink }: RuleContext,
  { name, key, shared, demands }: Asked,
  [one, two]: readonly [string, string],
): void {
  const of = (person: string) => root.get('people').get(person).get(key)
  sink.report(shared, of(two).span, {
    message: `lane "${name}" demands ${demands}, and "${one}" and "${two}" have the same ${key}`,
    related: [{ span: of(one).span, message: `${key} of "${one}"` }],
  })
}
