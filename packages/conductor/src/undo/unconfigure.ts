import type { Configure } from '@conduct/config'
import { observeTimeoutMs } from '../consumer-commands.ts'
import { applyTimeoutMs } from '../limits.ts'
import { saltedHash } from '../phases/configure.ts'
import { stepId } from '../step-id.ts'
import type { Step } from '../step.ts'
import { runDeclared } from '../workplace.ts'
import type { UndoPlace } from './place.ts'

/** One setting back to a value that was allowed before; a value that is neither that nor ours stays. */
export function unconfigureStep(place: UndoPlace, setting: Configure, action: string): Step {
  const { name, travel } = place
  const { secret: isSecret, undo } = setting
  const show = (value: string) => (isSecret ? saltedHash(travel.records(), value) : JSON.stringify(value))
  const run = async (command: Configure['apply'], limits: { timeoutMs: number; signal: AbortSignal }) =>
    runDeclared({
      context: travel.context,
      repo: { name, repo: place.repo },
      command,
      values: place.deploy.values,
      cwd: await place.deploy.workplace.path(),
      isSecret,
      ...limits,
    })
  return {
    id: stepId.unconfigure(name, setting.name),
    phase: 'undo',
    kind: 'unconfigure',
    repo: name,
    action,
    irreversible: true,
    observe: async () => {
      const value = await run(setting.observe, { timeoutMs: observeTimeoutMs, signal: travel.signal })
      const facts = { value: show(value) }
      const evidence = `${setting.name} is ${show(value)}`
      if (value === setting.goal) return { state: 'expected', evidence, facts }
      if (setting.expect.includes(value)) return { state: 'goal', evidence, facts }
      return {
        state: 'other',
        evidence: `${evidence}: neither what the run set nor what was there before; it is left alone`,
        facts,
      }
    },
    ...(undo === null
      ? {}
      : {
          effect: {
            timeoutMs: applyTimeoutMs,
            observationIsImmediate: true,
            harmlessErrors: ['COMMAND_NOT_FOUND'],
            prepare: async () => {
              await place.deploy.workplace.path()
              return {}
            },
            act: async ({ signal }) => {
              await run(undo, { timeoutMs: applyTimeoutMs, signal })
              return { outcome: 'acted' }
            },
          },
        }),
  }
}
