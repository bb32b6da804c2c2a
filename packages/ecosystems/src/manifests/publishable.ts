import semver from 'semver'
import { ConductError } from '@conduct/core'
import { isGemVersion } from './gem-version.ts'
import type { Ecosystem } from '../ports.ts'

/**
 * What may be published at all, judged before anything is made of it: names and versions become words of commands,
 * parts of addresses, file names, tags and lines of a report. Pure; every answer is the end of a sentence, or null.
 */

const npmNameLengthMax = 214
const npmName = /^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i
const gemName = /^(?=.*[a-z])[a-z0-9][\w.-]*$/i

export function packageNameProblem(name: string, ecosystem: Ecosystem): string | null {
  const pattern = ecosystem === 'npm' ? npmName : gemName
  if (!pattern.test(name)) return `is no name that ${registryOf(ecosystem)} takes`
  return name.length > npmNameLengthMax ? `is longer than ${npmNameLengthMax} characters` : null
}

export function packageVersionProblem(version: string, ecosystem: Ecosystem): string | null {
  if (ecosystem === 'rubygems') {
    return isGemVersion(version) && version.trim() === version ? null : 'is no version of a gem'
  }
  const kept = semver.valid(version)
  if (kept === version) return null
  return kept === null ? 'is no semantic version' : `would be published as ${kept}; write that`
}

/** Plain http or https: who may publish there is no part of the address. */
export function registryProblem(registry: string): string | null {
  if (!URL.canParse(registry)) return 'is no address'
  const { protocol, username, password, search, hash } = new URL(registry)
  if (protocol !== 'https:' && protocol !== 'http:') return 'is neither http:// nor https://'
  if (username !== '' || password !== '') return 'holds credentials; keep them in the client’s configuration'
  return search === '' && hash === '' ? null : 'holds more than a path'
}

/** An address as it may be shown: without whatever somebody wrote in front of the host. */
export function shownRegistry(registry: string): string {
  return JSON.stringify(registry.replace(/\/\/[^/@]*@/, '//***@'))
}

/** @throws ConductError PACKAGE_INVALID  naming the manifest and what is wrong in it. */
export function requirePublishable(one: {
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly ecosystem: Ecosystem
  readonly file: string
}): void {
  const { name, version, registry, ecosystem, file } = one
  const problems = [
    ['its name', JSON.stringify(name), packageNameProblem(name, ecosystem)],
    ['its version', JSON.stringify(version), packageVersionProblem(version, ecosystem)],
    ['its registry', shownRegistry(registry), registryProblem(registry)],
  ].flatMap(([what, shown, problem]) => (problem === null ? [] : [`${what} ${shown} ${problem}`]))
  if (problems.length === 0) return
  throw new ConductError('PACKAGE_INVALID', `${file}: ${problems.join('; ')}`, { details: { file } })
}

function registryOf(ecosystem: Ecosystem): string {
  return ecosystem === 'npm' ? 'an npm registry' : 'a gem server'
}
