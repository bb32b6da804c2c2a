import { createHash } from 'node:crypto'
import type { Configure } from '@conduct/config'
import { observeTimeoutMs, runForConsumer } from '../consumer-commands.ts'
import { type ConsumerJourney, type ConsumerPhase, travelOf } from '../journey.ts'
import type { JournalRecord } from '../journal/journal-record.ts'
import { type Step, takeStep } from '../step.ts'
import { applyTimeoutMs } from '../limits.ts'
import { stepId } from '../step-id.ts'

/** Provider settings and environment variables: the same four moves; what is secret is only ever a salted hash. */
export const configure: ConsumerPhase = {
  name: 'configure',
  per: 'consumer',
  appliesTo: (consumer) => consumer.configure.length > 0,
  run: async (traveller) => {
    for (const setting of traveller.consumer.consumer.configure) {
      await takeStep(travelOf(traveller.journey), configureStep(traveller, setting))
    }
  },
}

function configureStep(traveller: ConsumerJourney, setting: Configure): Step {
  const { name, journey } = traveller
  const { secret: isSecret } = setting
  const show = (value: string) =>
    isSecret ? saltedHash(journey.journal.records(), value) : JSON.stringify(value)
  return {
    id: stepId.configure(name, setting.name),
    phase: 'configure',
    kind: 'configure',
    repo: name,
    action: `set ${setting.name} of ${name}`,
    irreversible: setting.undo === null,
    observe: async () => {
      const value = await runForConsumer(traveller, {
        command: setting.observe,
        timeoutMs: observeTimeoutMs,
        isSecret,
      })
      const facts = { value: show(value) }
      if (value === setting.goal)
        return { state: 'goal', evidence: `${setting.name} is ${show(value)}`, facts }
      if (setting.expect.includes(value)) {
        return { state: 'expected', evidence: `${setting.name} is ${show(value)}`, facts }
      }
      const expected = isSecret ? 'one of the expected values' : setting.expect.map(show).join(' or ')
      return {
        state: 'other',
        evidence: `${setting.name} of ${name} is ${show(value)}, expected was ${expected}`,
        facts,
      }
    },
    effect: {
      timeoutMs: applyTimeoutMs,
      observationIsImmediate: true,
      harmlessErrors: ['COMMAND_NOT_FOUND'],
      act: async ({ signal }) => {
        await runForConsumer(traveller, {
          command: setting.apply,
          timeoutMs: applyTimeoutMs,
          signal,
          isSecret,
        })
        return { outcome: 'acted' }
      },
    },
  }
}

/** Tells values of one run apart without telling what they are. */
export function saltedHash(records: readonly JournalRecord[], value: string): string {
  const created = records[0]
  const salt = created?.type === 'created' ? created.salt : ''
  return `sha256:${createHash('sha256').update(`${salt}\0${value}`).digest('hex').slice(0, 16)}`
}
