import { describe, expect, it } from 'vitest'
import type { ObservedVersion } from '@conduct/ecosystems'
import { systemClock } from '@conduct/lanes/engine'
import type { CheckedArtifact, Survey } from '../context.ts'
import { type Journey, emptyLuggage } from '../journey.ts'
import type { JournalBody } from '../journal/journal-record.ts'
import type { Travel } from '../travel.ts'
import { awaitVisible } from './await.ts'

/** A registry that shows the version only at the given look, as real ones do. */
function journeyTo(looks: readonly ObservedVersion[], timeoutMs: number) {
  let asked = 0
  const written: JournalBody[] = []
  const { signal } = new AbortController()
  const context = { clock: systemClock, emit: () => undefined }
  const artifact = {
    name: '@acme/engine',
    version: '4.3.0',
    registry: 'http://registry/',
    timeoutMs,
    packed: { path: '', integrity: 'sha512-ours', sizeBytes: 1 },
    publisher: {
      observe: () => {
        asked += 1
        return Promise.resolve(looks[Math.min(asked, looks.length) - 1])
      },
    },
  } as unknown as CheckedArtifact
  const journey = {
    context,
    journal: { append: (body: JournalBody) => Promise.resolve(written.push(body)) },
    luggage: {
      ...emptyLuggage(),
      travel: { context, signal, throwIfStopped: () => undefined } as unknown as Travel,
      survey: { catchUp: false } as unknown as Survey,
      artifacts: [artifact],
    },
  } as unknown as Journey
  return { journey, asked: () => asked }
}

const absent: ObservedVersion = { state: 'absent', latest: '4.2.3', versions: ['4.2.3'] }
const unknown: ObservedVersion = { state: 'unknown', reason: '502' }
const present: ObservedVersion = { state: 'present', integrity: 'sha512-ours', tarball: 'engine.tgz' }

describe('waiting until resolvers see it', () => {
  it('looks again while it is absent or unreadable, and keeps the integrity that is served', async () => {
    const { journey, asked } = journeyTo([absent, unknown, present], 60_000)

    const outcome = await awaitVisible.run(journey)

    expect({ outcome: outcome.outcome, asked: asked() }).toEqual({ outcome: 'done', asked: 3 })
    expect(journey.luggage.integrities.get('@acme/engine')).toBe('sha512-ours')
  })

  it('gives up after its time with AWAIT_TIMEOUT and the last reason', async () => {
    const { journey } = journeyTo([absent, unknown], 1)

    await expect(awaitVisible.run(journey)).rejects.toMatchObject({ code: 'AWAIT_TIMEOUT', exit: 30 })
  })

  it('never accepts other bytes than were packed: INTEGRITY_MISMATCH', async () => {
    const { journey } = journeyTo([{ ...present, integrity: 'sha512-theirs' }], 60_000)

    await expect(awaitVisible.run(journey)).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH' })
  })
})
