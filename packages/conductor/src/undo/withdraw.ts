import type { PlannedPackage } from '@conduct/core'
import type { Publisher, Withdrawal, WithdrawalAct } from '@conduct/ecosystems'
import { distTagOf } from '../publish/dist-tag.ts'
import type { DeprecateFacts } from '../journal/outcomes.ts'
import { secretsWithin } from '../secrets.ts'
import { stepId } from '../step-id.ts'
import type { Observation, Step } from '../step.ts'
import { type Workplace, openWorkplace } from '../workplace.ts'
import type { UndoTravel } from './place.ts'
import { declaredRegistries } from '../declared-registries.ts'

const withdrawTimeoutMs = 2 * 60_000

export interface WithdrawPlace extends AsyncDisposable {
  readonly travel: UndoTravel
  readonly package: PlannedPackage
  readonly withdrawal: Withdrawal
  /** The producer at the commit that was published: its settings are what the registry's client reads. */
  readonly workplace: Workplace
}

/** Null where no publisher of that ecosystem can take anything back. */
export async function openWithdrawPlace(
  travel: UndoTravel,
  planned: PlannedPackage,
): Promise<WithdrawPlace | null> {
  const { context, plan } = travel
  const publisher = context.publishers.find(
    (one): one is Publisher & { withdrawal: Withdrawal } =>
      one.ecosystem === planned.ecosystem && one.withdrawal !== undefined,
  )
  if (publisher === undefined) return null
  const mirror = await context.mirror(plan.basis.producer.repo)
  await mirror.fetch()
  const workplace = openWorkplace({ mirror, commit: () => plan.basis.producer.commit })
  return {
    travel,
    package: planned,
    withdrawal: publisher.withdrawal,
    workplace,
    [Symbol.asyncDispose]: () => workplace[Symbol.asyncDispose](),
  }
}

/** The dist-tag back to what it stood for; one that stands for something else by now is somebody else's. */
export function distTagStep(place: WithdrawPlace, before: string, action: string): Step {
  const { name, version } = place.package
  const distTag = distTagOf(version)
  const client = clientOf(place)
  const observe = async (): Promise<Observation> => {
    const seen = await read(place)
    if (seen.state === 'unknown') return { state: 'unknown', evidence: seen.reason }
    const now = seen.distTags.get(distTag) ?? 'nothing'
    const evidence = `${distTag} of ${name} is ${now}`
    if (now === before) return { state: 'goal', evidence, facts: { distTag, version: now } }
    if (now === version) return { state: 'expected', evidence }
    return { state: 'other', evidence: `${evidence}: somebody moved it; it is left alone` }
  }
  return {
    id: stepId.distTag(name, distTag),
    ...headOf(action, 'dist_tag'),
    observe,
    effect: {
      ...effectOf,
      prepare: client.prepare,
      act: async ({ signal }) => {
        await place.withdrawal.moveDistTag({ ...client.call(signal), version: before, distTag })
        return { outcome: 'acted' }
      },
      confirm: accepted(observe, { distTag, version: before }),
    },
  }
}

/** Says of a version that it should not be used; it stays where it is. */
export function deprecateStep(
  place: WithdrawPlace,
  options: { readonly before: string | null; readonly action: string },
): Step {
  const { name, version } = place.package
  const instead = options.before === null ? '' : `; use ${options.before}`
  const client = clientOf(place)
  const message = `Taken back by its maintainers (Conduct run ${place.travel.run})${instead}`
  const facts = (deprecated: string): DeprecateFacts => ({ package: name, version, deprecated })
  const observe = async (): Promise<Observation> => {
    const seen = await read(place)
    switch (seen.state) {
      case 'unknown':
        return { state: 'unknown', evidence: seen.reason }
      case 'absent':
        return { state: 'goal', evidence: `${name}@${version} was never published` }
      case 'present':
        return seen.deprecated === null
          ? { state: 'expected', evidence: `${name}@${version} is live and not deprecated` }
          : {
              state: 'goal',
              evidence: `${name}@${version} is deprecated: ${seen.deprecated}`,
              facts: { ...facts(seen.deprecated) },
            }
      default:
        return seen satisfies never
    }
  }
  return {
    id: stepId.deprecate(name, version),
    ...headOf(options.action, 'deprecate'),
    observe,
    effect: {
      ...effectOf,
      prepare: client.prepare,
      act: async ({ signal }) => {
        await place.withdrawal.deprecate({ ...client.call(signal), version, message })
        return { outcome: 'acted' }
      },
      confirm: accepted(observe, { ...facts(message) }),
    },
  }
}

function headOf(action: string, kind: 'dist_tag' | 'deprecate') {
  return { phase: 'undo', kind, repo: null, action, irreversible: true } as const
}

const effectOf = {
  timeoutMs: withdrawTimeoutMs,
  observationIsImmediate: false,
  harmlessErrors: ['PUBLISH_AUTH', 'PUBLISH_OTP', 'PUBLISH_REFUSED'],
} as const

/** A registry that accepted it and does not show it yet has accepted it. */
function accepted(observe: () => Promise<Observation>, facts: Readonly<Record<string, unknown>>) {
  return async (): Promise<Observation> => {
    const seen = await observe()
    return seen.state === 'expected' ? { state: 'goal', evidence: 'the registry accepted it', facts } : seen
  }
}

function read({ withdrawal, package: { name, version, registry }, travel }: WithdrawPlace) {
  return withdrawal.read({ package: name, version, registry, signal: travel.signal })
}

/** What the registry's client needs is made ready first: nothing but the call itself follows the last check. */
function clientOf(place: WithdrawPlace) {
  const { context, plan } = place.travel
  const passEnv = context.config.repos.get(plan.basis.producer.repo)?.env ?? []
  let worktree = ''
  let secrets: readonly string[] = []
  return {
    prepare: async () => {
      worktree = await place.workplace.path()
      secrets = await secretsWithin({ cwd: worktree, passEnv })
      return {}
    },
    call: (signal: AbortSignal): Omit<WithdrawalAct, 'version'> => ({
      package: place.package.name,
      registry: place.package.registry,
      worktree,
      timeoutMs: withdrawTimeoutMs,
      context: {
        runCommand: context.runCommand,
        signal,
        passEnv,
        declaredRegistries: declaredRegistries(context.train),
        secrets,
      },
    }),
  }
}
