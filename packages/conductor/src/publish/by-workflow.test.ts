import type { ForgeRepository, RunWatch, WorkflowRun } from '@conduct/forge'
import { describe, expect, test } from 'vitest'
import type { CheckedArtifact } from '../context.ts'
import { emptyLuggage, type Journey } from '../journey.ts'
import { aClock, anArtifact, commitOf } from '../survey-fixture.ts'
import type { Travel } from '../travel.ts'
import { watchToItsEnd } from './by-workflow.ts'

const run: WorkflowRun = {
  id: 7,
  url: 'https://forge.test/acme/engine/actions/runs/7',
  title: 'release 8f2c-publish',
  head: commitOf('a'),
  status: 'waiting',
  conclusion: null,
  attempt: 1,
}

function watching(watched: RunWatch, live: boolean) {
  const observe = async () =>
    live
      ? { state: 'present', integrity: 'sha512-x', tarball: 'http://127.0.0.1/x.tgz' }
      : { state: 'absent', latest: null, versions: [] }
  const publisher = { observe } as unknown as CheckedArtifact['publisher']
  const artifact: CheckedArtifact = {
    ...anArtifact({ publisher }),
    packed: { path: '/a.tgz', integrity: 'sha512-x', sizeBytes: 1 },
  }
  const signal = new AbortController().signal
  const travel = { signal, lease: { signal }, throwIfStopped: () => undefined } as unknown as Travel
  const journey = {
    context: { clock: aClock() },
    luggage: { ...emptyLuggage(), travel },
  } as unknown as Journey
  const repository = { watchWorkflowRun: async () => watched } as unknown as ForgeRepository
  return watchToItsEnd(journey, { repository, file: 'release.yml', run: 7, artifacts: [artifact] })
}

describe('the workflow that publishes', () => {
  test('may wait for a person: that is a state, with the address to look at', async () => {
    await expect(watching({ outcome: 'waiting', run }, false)).rejects.toMatchObject({
      code: 'PUBLISH_WORKFLOW_WAITS',
      retryable: true,
      message: 'release.yml is waiting after 600 s: https://forge.test/acme/engine/actions/runs/7',
    })
  })

  test('says nothing by a watcher that sees nothing', async () => {
    await expect(watching({ outcome: 'unknown', reason: 'answered 502' }, false)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    })
  })

  test('names what it published before it failed', async () => {
    const failed = { ...run, status: 'completed', conclusion: 'failure' }

    await expect(watching({ outcome: 'failed', run: failed }, false)).rejects.toMatchObject({
      code: 'PUBLISH_WORKFLOW_FAILED',
      message: expect.stringContaining('nothing of it is live') as string,
    })
  })

  test.each<RunWatch>([
    { outcome: 'waiting', run },
    { outcome: 'unknown', reason: 'answered 502' },
    { outcome: 'failed', run },
  ])('does not matter any more once everything is live: $outcome', async (watched) => {
    await expect(watching(watched, true)).resolves.toBeUndefined()
  })
})
