import type { LanesConfig } from '@conduct/config'
import { ConductError } from '@conduct/core'
import type { RemoteAnswer, RemoteTrial } from '@conduct/git'
import { type DoctorCheck, type DoctorSection, okCheck, unreachableCheck } from './check.ts'
import type { Found } from './look.ts'

/** A remote that has said nothing by then is not waited for. */
const remoteMsMax = 15_000
/** Each is a process of git, and one more that talks to the remote. */
const remotesAtOnceMax = 8

/** Every remote at once, up to a limit: that we may read it, and that it would let us push. Nothing is pushed. */
export async function lookAtRemotes(
  config: LanesConfig,
  { signal, timeoutMs = remoteMsMax }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<Found> {
  const { createPool } = await import('@conduct/conductor')
  const { openRemoteTrial } = await import('@conduct/git')
  await using trial = await openRemoteTrial({ timeoutMs, signal })
  const pool = createPool(remotesAtOnceMax)
  const places = placesOf(config)
  const checks = await Promise.all(places.map((place) => pool(() => lookAtRemote(place, trial))))
  const section: DoctorSection = {
    section: 'remote',
    about: `${places.length} ${places.length === 1 ? 'address' : 'addresses'} of git`,
    checks: checks.flat(),
  }
  return [section]
}

interface Place {
  readonly name: string
  readonly remote: string
  /** What a run pushes there; null: nothing. */
  readonly pushes: string | null
}

function placesOf({ repos, trains }: LanesConfig): readonly Place[] {
  const pushes = new Map<string, string>()
  const targets: Place[] = []
  for (const [train, { producer, consumers }] of trains) {
    pushes.set(producer.repo, `train ${train} tags what it publishes there`)
    for (const { repo, adopt, deploy } of consumers) {
      if (adopt.via !== 'none') pushes.set(repo, `train ${train} adopts there`)
      if (deploy.strategy.kind !== 'git_push') continue
      targets.push({
        name: `${repo}.deploy`,
        remote: deploy.strategy.remote,
        pushes: `train ${train} deploys by a push to it`,
      })
    }
  }
  const declared = [...repos].map(([name, { remote }]) => ({
    name,
    remote,
    pushes: pushes.get(name) ?? null,
  }))
  return [...declared, ...targets]
}

async function lookAtRemote(place: Place, trial: RemoteTrial): Promise<readonly DoctorCheck[]> {
  const { name, remote } = place
  const read = await trial.read(remote)
  const readCheck = `${name}.read`
  if (read.answer !== 'yes') {
    if (read.answer === 'silent') return [unreachableCheck(readCheck, silent(read))]
    return [refused(readCheck, `It does not let us read: ${read.reason}.`)]
  }
  const push = await trial.push(remote)
  const seen = okCheck(readCheck, `${read.detail}, listed in ${read.tookMs.toFixed(0)} ms.`)
  return [seen, pushCheck(`${name}.push`, push, place.pushes)]
}

function pushCheck(check: string, push: RemoteAnswer, pushes: string | null): DoctorCheck {
  if (push.answer === 'yes') {
    return okCheck(check, 'It would take a push from us; its hooks and protected branches were not asked.')
  }
  if (pushes === null) return okCheck(check, `We may only read it (${push.reason}); no train pushes there.`)
  if (push.answer === 'silent') return unreachableCheck(check, silent(push))
  return refused(check, `It does not let us push, and ${pushes}: ${push.reason}.`)
}

function silent({ reason }: { readonly reason: string }): ConductError {
  return new ConductError('REMOTE_UNREACHABLE', reason)
}

function refused(check: string, detail: string): DoctorCheck {
  const remedy =
    'Check the address in lanes.yaml, and with which key or token git goes there from this machine.'
  return { check, verdict: 'failed', detail, remedy }
}
