import { exitCodes } from '@conduct/core'
import type { AcquireResult } from '@conduct/lanes/engine'
import type { CommandOutcome } from '../command.ts'
import { estimateText, holderText, resourcesText } from './text.ts'
import { toWireCoalesced, toWireEstimate, toWireHolder } from './wire.ts'

/** Held is an answer: who has it, your place, how long it may take. */
export function notGranted(options: {
  readonly name: string
  /** The asker's own holder name. */
  readonly self: string
  readonly result: Exclude<AcquireResult, { outcome: 'granted' }>
  readonly next: string
}): CommandOutcome {
  const { name, self, result, next } = options
  return {
    exit: result.outcome === 'skipped' ? exitCodes.done : exitCodes.held,
    data: {
      lane: name,
      outcome: result.outcome,
      claim: result.outcome === 'queued' ? result.claim : null,
      resources: result.resources,
      token: null,
      expires_at: null,
      ...(result.outcome === 'queued'
        ? { position: result.position }
        : {
            because: result.because,
            reason: result.reason,
            ...(result.coalescedWith === undefined
              ? {}
              : { coalesced_with: toWireCoalesced(result.coalescedWith) }),
          }),
      ...(result.holder === null ? {} : { holder: toWireHolder(result.holder) }),
      blockers: result.blockers.map(toWireHolder),
      estimate: toWireEstimate(result.estimate),
    },
    text: (style) => {
      const covered = `${name} ${resourcesText(result.resources)}`
      const held =
        result.holder === null
          ? `${covered} is ${style.yellow('not free')}.`
          : `${covered} is ${style.yellow('held')} by ${kinship(result.holder.holder, self)}${holderText(result.holder)}.`
      switch (result.outcome) {
        case 'queued':
          return `${held}\nYou are number ${result.position} in line; estimate: ${estimateText(result.estimate)}.\n`
        case 'skipped':
          if (result.because === 'coalesced') return `Nothing to do: ${result.reason}.\n`
          return `${held}\nStepped aside (when_held: skip): ${result.reason}.\n`
        case 'refused':
          return `${held}\nNo place in line: ${result.reason}; estimate: ${estimateText(result.estimate)}.\n`
        default:
          return result satisfies never
      }
    },
    next,
  }
}

/** A name alone proves nothing: who holds it under mine is somebody else until the claim's secret is shown. */
function kinship(holder: string, self: string): string {
  if (holder === self) return 'you in another session: '
  const withoutPlace = (name: string): string => name.replace(/#.*$/, '')
  return withoutPlace(holder) === withoutPlace(self) ? 'you in another folder: ' : ''
}
