/** What changed since an earlier plan: what an approval signs first. */
import type { PlanChange, PlanDiff } from '@conduct/core'
import { plain, showTime } from '../cells.ts'
import type { Cell, Section } from '../model.ts'

export function changesSection(diff: PlanDiff | null): Section {
  return {
    title: 'Changed since the earlier plan',
    note: diff === null ? null : noteOf(diff),
    columns: ['what', 'was', 'is', 'approval'],
    rows: (diff?.changes ?? []).map((change) => [
      plain(whatOf(change)),
      valueOf(change.from),
      valueOf(change.to),
      change.isSigned ? plain('signs it', 'waiting') : plain('does not sign it', 'quiet'),
    ]),
    empty:
      diff === null
        ? 'There is no earlier plan of this train to compare with.'
        : `Nothing, since plan ${diff.against.id} of ${showTime(diff.against.createdAt)}: the same hash, the same heads, the same verdicts.`,
  }
}

function noteOf({ against, approvalHolds }: PlanDiff): string {
  const holds = approvalHolds
    ? 'an approval of it holds for this one: nothing that it signs has changed'
    : 'an approval of it does not hold for this one'
  return `Compared with plan ${against.id} of ${showTime(against.createdAt)}; ${holds}.`
}

function whatOf({ about, subject }: PlanChange): string {
  switch (about) {
    case 'producer':
      return `main of ${subject}, which is released`
    case 'head':
      return `main of ${subject}`
    case 'target':
      return `what ${subject} runs`
    case 'consumer':
      return `consumer ${subject}`
    case 'check':
      return `check ${subject}`
    case 'override':
      return `override ${subject}`
    case 'train':
    case 'lane':
    case 'lanes_yaml':
    case 'package':
    case 'package_detail':
    case 'catch_up':
    case 'consumer_detail':
    case 'left_out':
      return subject
    default:
      return about satisfies never
  }
}

const commitLength = 12

function valueOf(value: string | null): Cell {
  if (value === null) return plain('not there', 'quiet')
  return /^[0-9a-f]{40,64}$/.test(value)
    ? { text: value.slice(0, commitLength), full: value, isCode: true }
    : plain(value)
}
