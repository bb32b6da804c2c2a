import type { PlanBasis } from '@conduct/core'
import { canonicalJson } from '@conduct/core'

/**
 * What changed between two plans, one sentence each, for people whose approval it voids. Pure.
 *
 * Says nothing only when nothing that an approval signs has changed.
 */
export function describeDrift(before: PlanBasis, after: PlanBasis): readonly string[] {
  const named = [
    producerDrift(before, after),
    configDrift(before, after),
    ...packageDrift(before, after),
    ...consumerDrift(before, after),
    listDrift('overrides', before.overrides, after.overrides),
    listDrift('consumers left out', before.leftOut, after.leftOut),
  ].filter((sentence) => sentence !== null)
  if (named.length > 0 || canonicalJson(before) === canonicalJson(after)) return named
  return ['the train itself']
}

function producerDrift(before: PlanBasis, after: PlanBasis): string | null {
  if (before.producer.commit === after.producer.commit) return null
  return `main of ${after.producer.repo} moved from ${short(before.producer.commit)} to ${short(after.producer.commit)}`
}

function configDrift(before: PlanBasis, after: PlanBasis): string | null {
  if (before.configHash === after.configHash && before.configCommit === after.configCommit) return null
  const from = before.configCommit === null ? 'another text' : short(before.configCommit)
  const to = after.configCommit === null ? 'another text' : short(after.configCommit)
  return `lanes.yaml moved from ${from} to ${to}`
}

function packageDrift(before: PlanBasis, after: PlanBasis): readonly (string | null)[] {
  const names = new Set([...before.packages, ...after.packages].map((item) => item.name))
  return [...names].map((name) => {
    const was = before.packages.find((item) => item.name === name)
    const is = after.packages.find((item) => item.name === name)
    if (canonicalJson(was) === canonicalJson(is)) return null
    return `${name} was ${was?.version ?? 'not planned'}, is ${is?.version ?? 'not planned'}${
      was?.version === is?.version ? ' with another tag, registry or folder' : ''
    }`
  })
}

function consumerDrift(before: PlanBasis, after: PlanBasis): readonly (string | null)[] {
  const names = new Set([...before.consumers, ...after.consumers].map((item) => item.repo))
  return [...names].map((name) => {
    const was = before.consumers.find((item) => item.repo === name)
    const is = after.consumers.find((item) => item.repo === name)
    if (canonicalJson(was) === canonicalJson(is)) return null
    if (was === undefined) return `${name} has joined`
    if (is === undefined) return `${name} is gone`
    if (was.deploy.previous !== is.deploy.previous) {
      return `${name} ran ${was.deploy.previous ?? 'nothing'}, runs ${is.deploy.previous ?? 'nothing'}`
    }
    return `${name} is adopted, configured or deployed in another way`
  })
}

function listDrift(name: string, before: unknown, after: unknown): string | null {
  return canonicalJson(before) === canonicalJson(after) ? null : `other ${name}`
}

function short(commit: string): string {
  return commit.slice(0, 7)
}
