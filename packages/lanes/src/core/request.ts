import type { ClaimBase, LaneDefinition } from '../document.ts'
import type { RefusalReason } from '../operation.ts'
import { wholeLane } from './slots.ts'

/** Longest name of a resource; `#` is kept for numbering slots. */
const resourceNameMax = 200
const resourcesMax = 200

export interface Problem {
  readonly reason: RefusalReason
  readonly message: string
}

/** Sorted and without repetition: a set of resources, however it was asked for. */
export function normalise<Base extends Pick<ClaimBase, 'resources'>>(base: Base): Base {
  return { ...base, resources: [...new Set(base.resources)].sort() }
}

/** What is wrong with what a claim asks for, in this lane's scope; null when nothing is. */
export function resourceProblem(definition: LaneDefinition, resources: readonly string[]): Problem | null {
  const odd = resources.find((name) => !isResourceName(name))
  if (odd !== undefined)
    return { reason: 'bad_request', message: `not a name of a resource: ${JSON.stringify(odd)}` }
  if (resources.length === 0) return { reason: 'bad_request', message: 'a claim names at least one resource' }
  if (resources.length > resourcesMax) {
    return { reason: 'bad_request', message: `a claim names at most ${resourcesMax} resources` }
  }
  const message = scopeMessage(definition.scope, resources)
  return message === null ? null : { reason: 'scope_mismatch', message }
}

/** Null when this holder may hold the lane by itself. */
export function holderProblem(
  definition: LaneDefinition,
  base: Pick<ClaimBase, 'holder' | 'person'>,
): Problem | null {
  const { holders } = definition
  if (holders === null || holders.includes(base.holder)) return null
  if (base.person !== null && holders.includes(base.person)) return null
  return {
    reason: 'not_a_holder',
    message: `only ${holders.join(', ')} may hold this lane; a captain can assign it`,
  }
}

function scopeMessage(scope: LaneDefinition['scope'], resources: readonly string[]): string | null {
  const names = resources.join(', ')
  if (scope === 'global') {
    return resources.length === 1 && resources[0] === wholeLane
      ? null
      : `this lane is global: a claim covers all of it ("${wholeLane}"), not ${names}`
  }
  if (resources.includes(wholeLane)) return `this lane's scope is ${scope}: name what the claim covers`
  if (scope !== 'repo_set' && resources.length > 1) {
    return `this lane's scope is ${scope}: a claim covers exactly one, not ${names}`
  }
  return null
}

function isResourceName(name: string): boolean {
  return name.length > 0 && name.length <= resourceNameMax && !name.includes('#') && name !== '__proto__'
}
