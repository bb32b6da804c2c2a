import type { LanesConfig, Person, Repo } from '@conduct/config'
import type { Sides } from './lane-pair.ts'
import type { Reporter } from './reporter.ts'
import { isSame, missingFrom, named } from './words.ts'

/** Who people are to git and to the forge: an approval is worth what ties it to its giver. */
export function reviewPersons({ before, after }: Sides, out: Reporter): void {
  for (const [name, now] of after.config.people) {
    const old = before.config.people.get(name)
    if (old !== undefined) reviewPerson(name, { old, now, config: after.config }, out)
    else {
      out.report('PERSON_ADDED', {
        severity: 'info',
        message: `${name} is known by name, as ${now.kind === 'agent' ? 'an agent' : 'a person'}`,
        at: ['people', name],
      })
    }
  }
  for (const [name] of before.config.people) {
    if (after.config.people.has(name)) continue
    out.report('PERSON_REMOVED', {
      severity: 'info',
      message: `${name} is no longer known by name, and neither captains, approves nor holds by it`,
      at: ['people', name],
    })
  }
}

function reviewPerson(
  name: string,
  { old, now, config }: { readonly old: Person; readonly now: Person; readonly config: LanesConfig },
  out: Reporter,
): void {
  const isApprover = [...config.lanes.values()].some(({ approval }) => approval?.by.includes(name) === true)
  const severity = isApprover ? 'danger' : 'caution'
  if (old.signingKey !== now.signingKey && now.signingKey !== null) {
    out.report('SIGNING_KEY_CHANGED', {
      severity: old.signingKey === null ? 'caution' : severity,
      message: `whoever has the ${old.signingKey === null ? '' : 'new '}signing key of ${name} signs as ${name}${isApprover ? ', who approves' : ''}`,
      at: ['people', name, 'signingKey'],
    })
  }
  if (old.forge !== now.forge && now.forge !== null) {
    out.report('FORGE_LOGIN_CHANGED', {
      severity: old.forge === null ? 'caution' : severity,
      message: `"${now.forge}" at the forge is taken for ${name}${old.forge === null ? '' : ` instead of "${old.forge}"`}${isApprover ? ', who approves' : ''}`,
      at: ['people', name, 'forge'],
    })
  }
  if (old.kind === 'agent' && now.kind === 'person') {
    out.report('AGENT_BECAME_PERSON', {
      severity: 'danger',
      message: `${name} counts as a person instead of an agent, so that it may approve`,
      at: ['people', name, 'kind'],
    })
  }
}

/** Where trains push to, and what has to pass there. */
export function reviewRepos({ before, after }: Sides, out: Reporter): void {
  for (const [name, old] of before.config.repos) {
    const now = after.config.repos.get(name)
    if (now !== undefined) reviewRepo(name, { old, now }, out)
    else {
      out.report('REPO_REMOVED', {
        severity: 'caution',
        message: `"${name}" is no repo of this estate any more: no train reaches it, and no claim can be about it`,
        at: ['repos', name],
      })
    }
  }
}

function reviewRepo(
  name: string,
  { old, now }: { readonly old: Repo; readonly now: Repo },
  out: Reporter,
): void {
  if (old.remote !== now.remote) {
    out.report('REPO_MOVED', {
      severity: 'caution',
      message: `trains fetch ${name} from ${now.remote} and push there instead of ${old.remote}`,
      at: ['repos', name, 'remote'],
    })
  }
  if (old.main !== now.main) {
    out.report('REPO_MOVED', {
      severity: 'caution',
      message: `the branch that trains release and push in ${name} is ${branchName(now)} instead of ${branchName(old)}`,
      at: ['repos', name, 'main'],
    })
  }
  const dropped = missingFrom(old.checks.map(commandText), now.checks.map(commandText))
  if (dropped.length > 0) {
    out.report('CHECKS_DROPPED', {
      severity: now.checks.length === 0 ? 'danger' : 'caution',
      message: `${named(dropped)} no longer ${dropped.length === 1 ? 'has' : 'have'} to pass in ${name}${now.checks.length === 0 ? ', nor has anything else' : ''}`,
      at: ['repos', name, 'checks'],
    })
  }
  const passed = missingFrom(now.env, old.env)
  if (passed.length > 0) {
    out.report('VARIABLE_PASSED', {
      severity: 'caution',
      message: `every command in ${name} sees the value of ${named(passed)}`,
      at: ['repos', name, 'env'],
    })
  }
  if (now.forge?.kind === 'none' && !isSame(old.forge, now.forge)) {
    out.report('FORGE_DROPPED', {
      severity: 'caution',
      message: `nobody asks the forge of ${name} any more: neither for the verdict of its CI nor for rules of its branches`,
      at: ['repos', name, 'forge'],
    })
  }
}

function branchName({ main }: Repo): string {
  return main === null ? "the remote's default" : `"${main}"`
}

function commandText(command: Repo['checks'][number]): string {
  return 'shell' in command ? command.shell : command.argv.join(' ')
}
