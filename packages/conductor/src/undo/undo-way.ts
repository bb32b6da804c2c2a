import { type CompensationStep, assertNever } from '@conduct/core'
import { isProtectedMain } from '../adoption/protected-main.ts'
import { openTarget } from '../deploy/open-target.ts'
import { rollbackStep } from '../deploy/rollback-step.ts'
import { type Journey, travelOf } from '../journey.ts'
import { type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { type UndoPlace, type UndoTravel, openUndoPlace } from './place.ts'
import { revertStep } from './revert.ts'
import { goesByPullRequest, revertByPullRequest, revertLook } from './revert-by-pull-request.ts'
import { unconfigureStep } from './unconfigure.ts'
import { withdrawReleaseStep } from './withdraw-release.ts'
import { type WithdrawPlace, deprecateStep, distTagStep, openWithdrawPlace } from './withdraw.ts'

/** Where the ways back of one run lead; opened once per place, closed together. */
export interface UndoPlaces extends AsyncDisposable {
  readonly travel: UndoTravel
  readonly consumer: (name: string) => Promise<UndoPlace | null>
  readonly package: (way: CompensationStep) => Promise<WithdrawPlace | null>
}

export function openUndoPlaces(travel: UndoTravel): UndoPlaces {
  const opened = new Map<string, Promise<(UndoPlace | WithdrawPlace) | null>>()
  function once<Place extends UndoPlace | WithdrawPlace>(
    key: string,
    open: () => Promise<Place | null>,
  ): Promise<Place | null> {
    const known = opened.get(key) as Promise<Place | null> | undefined
    const place = known ?? open()
    opened.set(key, place)
    return place
  }
  return {
    travel,
    consumer: (name) => once(`repo ${name}`, () => openUndoPlace(travel, name)),
    package: async (way) => {
      const planned = travel.plan.basis.packages.find(
        ({ name, version }) => stepId.publish(name, version) === way.undoes,
      )
      if (planned === undefined) return null
      return once(`package ${planned.name}`, () => openWithdrawPlace(travel, planned))
    },
    [Symbol.asyncDispose]: async () => {
      const places = await Promise.all([...opened.values()].map((place) => place.catch(() => null)))
      for (const place of places) await place?.[Symbol.asyncDispose]()
    },
  }
}

/** Takes one way back, in as many steps as it has. */
export async function takeWay(journey: Journey, places: UndoPlaces, way: CompensationStep): Promise<void> {
  const place = way.kind === 'revert' ? await places.consumer(way.repo ?? '') : null
  if (place !== null) return takeRevert(journey, place, way.action)
  const step = await stepOfWay(places, way)
  if (step !== null) await takeStep(travelOf(journey), step)
}

/** As it came, unless main has come to take no push since. */
async function takeRevert(journey: Journey, place: UndoPlace, action: string): Promise<void> {
  if (goesByPullRequest(place)) return revertByPullRequest(journey, place, action)
  try {
    await takeStep(travelOf(journey), revertStep(place, action))
  } catch (error) {
    const { name, main } = place
    if (!(await isProtectedMain(journey.context, { name, main, error, does: 'goes back' }))) throw error
    await revertByPullRequest(journey, place, action)
  }
}

/** The step of one way back, by which it is looked at; null: lanes.yaml, or what runs here, no longer knows how. */
export async function stepOfWay(places: UndoPlaces, way: CompensationStep): Promise<Step | null> {
  const { kind, action, to } = way
  switch (kind) {
    case 'redeploy': {
      const place = await places.consumer(way.repo ?? '')
      if (place === null || to === null) return null
      const at = { ...place.deploy, previous: to, values: { ...place.deploy.values, previous_sha: to } }
      const target = openTarget(at)
      if (target === null || target.rollBack === null) return null
      return rollbackStep(at, target, { id: way.id, phase: 'undo', kind, action })
    }
    case 'unconfigure': {
      const place = await places.consumer(way.repo ?? '')
      const setting = place?.consumer.configure.find(
        ({ name }) => stepId.unconfigure(place.name, name) === way.id,
      )
      return place === null || setting === undefined || setting.undo === null
        ? null
        : unconfigureStep(place, setting, action)
    }
    case 'revert': {
      const place = await places.consumer(way.repo ?? '')
      if (place === null) return null
      return goesByPullRequest(place) ? revertLook(place, action) : revertStep(place, action)
    }
    case 'dist_tag': {
      const place = await places.package(way)
      return place === null || to === null ? null : distTagStep(place, to, action)
    }
    case 'deprecate': {
      const place = await places.package(way)
      return place === null ? null : deprecateStep(place, { before: to, action })
    }
    case 'withdraw_release': {
      const tag = way.undoes.slice(stepId.forgeRelease('').length)
      return withdrawReleaseStep(places.travel, { tag, before: to, action })
    }
    case 'stays':
      return null
    default:
      return assertNever(kind)
  }
}
