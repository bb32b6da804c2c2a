import type { ConductorOptions } from '@conduct/conductor'
import { type EmitEvent, isConductError } from '@conduct/core'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { CommandContext } from '../command.ts'
import { type DoctorSection, failedCheck, type NotApplicable } from './check.ts'
import type { SectionName } from './section-names.ts'

/** What every part starts from. */
export interface Patient {
  readonly context: CommandContext
  /** Null: there is none that could be read. */
  readonly loaded: LoadedConfig | null
  /** Ends when nobody waits any more. */
  readonly signal: AbortSignal
  readonly cacheDir: string
  readonly askForge: NonNullable<ConductorOptions['askForge']>
}

/** What one part found; a text: why there is nothing to look at. */
export type Found = readonly DoctorSection[] | string

export interface Part {
  readonly name: SectionName
  readonly look: () => Promise<Found>
}

/** Asking everything takes as long as the slowest answer; who has said nothing by then is not waited for. */
export const lookMsMax = 60_000
const stillWaitingMs = 5000

/** All parts at once, in the order in which they are given. What one throws is a failed check of that one. */
export async function lookAtAll(
  parts: readonly Part[],
  options: { readonly emit: EmitEvent; readonly signal: AbortSignal; readonly late: AbortSignal },
): Promise<{
  readonly sections: readonly DoctorSection[]
  readonly notApplicable: readonly NotApplicable[]
}> {
  const waiting = new Set(parts.map(({ name }) => name))
  const tell = (what: string) =>
    options.emit({ type: 'progress', message: `${what} ${[...waiting].join(', ')}` })
  tell('looking, at once, at')
  const again = setInterval(() => tell('still waiting for'), stillWaitingMs)
  const found = await Promise.all(
    parts.map(async (part) => {
      const one = await lookInTime(part, options)
      waiting.delete(part.name)
      return { name: part.name, one }
    }),
  ).finally(() => clearInterval(again))
  options.signal.throwIfAborted()
  return {
    sections: found.flatMap(({ one }) => (typeof one === 'string' ? [] : one)),
    notApplicable: found.flatMap(({ name, one }) =>
      typeof one === 'string' ? [{ section: name, because: one }] : [],
    ),
  }
}

async function lookInTime(
  { name, look }: Part,
  { signal, late }: { readonly signal: AbortSignal; readonly late: AbortSignal },
): Promise<Found> {
  const gaveUp = Promise.withResolvers<Found>()
  const giveUp = () => gaveUp.resolve([section(name, [tooLate])])
  late.addEventListener('abort', giveUp, { once: true })
  const looking = look()
  try {
    return await Promise.race([looking, gaveUp.promise])
  } catch (error) {
    signal.throwIfAborted()
    if (late.aborted) return [section(name, [tooLate])]
    if (!isConductError(error)) throw error
    return [section(name, [failedCheck('look', error)])]
  } finally {
    late.removeEventListener('abort', giveUp)
    // Whatever becomes of it now has nobody to tell.
    looking.catch(() => undefined)
  }
}

function section(name: SectionName, checks: DoctorSection['checks']): DoctorSection {
  return { section: name, about: 'not all of it could be looked at', checks }
}

const tooLate = {
  check: 'look',
  verdict: 'unknown',
  detail: `It has not answered within ${lookMsMax / 1000} s.`,
  remedy: 'Look again, at it alone.',
} as const
