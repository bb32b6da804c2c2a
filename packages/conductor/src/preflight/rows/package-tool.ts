import type { Adopter } from '@conduct/ecosystems'
import type { FrozenRepo, Survey, TrainContext } from '../../context.ts'
import { green, type Judgement, notApplicable, red, type Row, unknown } from '../row.ts'

/** The package manager that publishes or adopts here is on this machine. */
export const row: Row = {
  check: 'manager',
  over: 'every',
  async judge({ context, survey, frozen, evidence }) {
    const wanted = wantedManager(context, survey, frozen)
    if ('judgement' in wanted) return wanted.judgement
    const { adopter } = wanted
    const version = await evidence.managerVersion(frozen, adopter)
    const one = '1 of 1 managers'
    return version === null
      ? red(one, `${adopter.manager} is not on this machine; install it.`)
      : green(one, `${adopter.manager} ${version}.`)
  },
}

function wantedManager(
  context: TrainContext,
  survey: Survey,
  frozen: FrozenRepo,
): { readonly adopter: Adopter } | { readonly judgement: Judgement } {
  if (frozen.role === 'consumer') {
    const consumer = survey.consumers.find(({ name }) => name === frozen.name)
    if (consumer === undefined || consumer.via === 'none' || survey.artifacts.length === 0) {
      return { judgement: notApplicable('Nothing is adopted here.') }
    }
    if (consumer.adopter !== null) return { adopter: consumer.adopter }
    return {
      judgement: red(
        '0 of 1 managers',
        'No lockfile of a known package manager at its top; commit one, or name adopt.manager.',
      ),
    }
  }
  const [artifact] = survey.artifacts
  if (artifact === undefined || survey.catchUp)
    return { judgement: notApplicable('This train publishes nothing.') }
  const { tool } = artifact.publisher
  const adopter = context.adopters.find(({ manager }) => manager === tool)
  return adopter === undefined
    ? { judgement: unknown('0 of 1 managers', `Nobody here can ask ${tool} for its version.`) }
    : { adopter }
}
