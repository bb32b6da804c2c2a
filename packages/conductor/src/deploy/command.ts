import type { Command } from '@conduct/config'
import { observeTimeoutMs } from '../consumer-commands.ts'
import type { Acted } from '../step.ts'
import { expandCommand, showCommand } from '../template.ts'
import { runDeclared } from '../workplace.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'
import { wayBackOf } from './way-back.ts'

/** A declared command deploys; another one says what runs, and a third brings back what ran before. */
export function commandTarget(place: DeployPlace, run: Command): DeployTarget {
  const { deploy } = place
  return {
    how: showCommand(expandCommand(run, place.values)),
    address: deploy.verify?.url ?? 'command',
    running: runningByCommand(place),
    isImmediate: deploy.previous !== null,
    endOfBegun: null,
    prepare: async () => {
      await place.workplace.path()
      return {}
    },
    deploy: (signal) => actBy(place, { command: run, signal }),
    rollBack: rollBackByCommand(place),
    harmlessErrors: ['COMMAND_NOT_FOUND'],
  }
}

/** `deploy.previous`, for every strategy that declares it. */
export function runningByCommand(place: DeployPlace): DeployTarget['running'] {
  const { previous } = place.deploy
  if (previous === null) return null
  return () => runAtPlace(place, { command: previous, timeoutMs: observeTimeoutMs, signal: place.signal })
}

/** `deploy.rollback`, for every strategy that declares it. */
export function rollBackByCommand(place: DeployPlace): DeployTarget['rollBack'] {
  const { command } = wayBackOf(place.deploy, { previous: place.previous, repo: place.name })
  if (command === null || command === 'rewind') return null
  return (signal) => actBy(place, { command, signal })
}

async function actBy(
  place: DeployPlace,
  act: { readonly command: Command; readonly signal: AbortSignal },
): Promise<Acted> {
  await runAtPlace(place, { ...act, timeoutMs: place.deploy.timeoutMs })
  return { outcome: 'acted' }
}

async function runAtPlace(
  place: DeployPlace,
  run: { readonly command: Command; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const { context, name, repo, values, workplace } = place
  return runDeclared({ context, repo: { name, repo }, values, cwd: await workplace.path(), ...run })
}
