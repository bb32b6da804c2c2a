import type { PlanBasis, PlanChange } from '@conduct/core'
import { compareBases } from './plan/compare-plans.ts'

/**
 * What changed between two plans, one sentence each, for people whose approval it voids. Pure.
 *
 * Says nothing only when nothing that an approval signs has changed.
 */
export function describeDrift(before: PlanBasis, after: PlanBasis): readonly string[] {
  return compareBases(before, after).map(sentenceOf)
}

function sentenceOf({ about, subject, from, to }: PlanChange): string {
  switch (about) {
    case 'producer':
      return `main of ${subject} moved from ${short(from)} to ${short(to)}`
    case 'lanes_yaml':
      return `lanes.yaml moved from ${short(from)} to ${short(to)}`
    case 'package':
      return `${subject} was ${from ?? 'not planned'}, is ${to ?? 'not planned'}`
    case 'consumer':
      return from === null ? `${subject} has joined` : `${subject} is gone`
    case 'target':
      return `${subject} ran ${from ?? 'nothing'}, runs ${to ?? 'nothing'}`
    case 'override':
      return from === null
        ? `${subject} is overridden now`
        : to === null
          ? `${subject} is overridden no more`
          : `${subject} is overridden for another reason`
    case 'train':
    case 'lane':
    case 'package_detail':
    case 'catch_up':
    case 'consumer_detail':
    case 'left_out':
    case 'head':
    case 'check':
      return `${subject} was ${from ?? 'not there'}, is ${to ?? 'not there'}`
    default:
      return about satisfies never
  }
}

const commit = /^[0-9a-f]{40,64}$/

function short(id: string | null): string {
  return id === null ? 'nothing' : commit.test(id) ? id.slice(0, 7) : id
}
