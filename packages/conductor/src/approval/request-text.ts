import type { ApprovalRule, LanesConfig } from '@conduct/config'
import type { Plan } from '@conduct/core'

/** Steps that are listed one by one; a long plan is read with conduct plan. */
const stepsShownMax = 40
const loginPattern = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/

export function requestTitle({ id, basis }: Plan): string {
  const what = basis.packages.map(({ name, version }) => `${name} ${version}`).join(', ')
  return `Approve plan ${id} of train ${basis.train}?${what === '' ? '' : ` (${what})`}`
}

/**
 * What approvers read at the forge. Whatever the plan says stands in a block of code, where it can be no link, no
 * mention and no command; neither do the commands that are shown count as said. Pure.
 */
export function renderRequest(
  config: Pick<LanesConfig, 'people'>,
  { plan, rule }: { readonly plan: Plan; readonly rule: ApprovalRule },
): string {
  const logins = rule.by.flatMap((person) => config.people.get(person)?.forge ?? [])
  const mentions = logins.filter((login) => loginPattern.test(login)).map((login) => `@${login}`)
  const steps = plan.steps.filter(({ irreversible }) => irreversible)
  const shown = steps.slice(0, stepsShownMax).map(({ action }) => `- ${action}`)
  const more = steps.length > shown.length ? [`… and ${steps.length - shown.length} more`] : []
  return [
    `A release waits for ${mentions.length === 0 ? 'an approval' : `one of ${mentions.join(', ')}`}. What cannot be undone:`,
    '',
    block([...shown, ...more, `asked for by ${plan.requestedBy}; good until ${plan.expiresAt}`].join('\n')),
    '',
    'To approve exactly this plan, comment with this line:',
    '',
    block(`/conduct approve ${plan.hash}`),
    '',
    'To refuse it:',
    '',
    block(`/conduct deny ${plan.hash} the reason`),
    '',
    'A comment that is edited afterwards does not count, and neither does one by anybody else.',
  ].join('\n')
}

/** A fence that nothing inside can close. */
function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text.replaceAll('\r', ' ')}\n${fence}`
}
