import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConductError, type ConductEventBody } from '@conduct/core'
import type { Mirror } from '@conduct/git'
import { patientMirror } from './patient-mirror.ts'

describe('a remote that takes its time', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function waitingFor(answer: Promise<void>) {
    const events: ConductEventBody[] = []
    const mirror = { remote: 'https://ana:secret@forge.example/shop.git', fetch: () => answer } as Mirror
    return { events, mirror: patientMirror(mirror, (event) => events.push(event)) }
  }

  it('is named, without its password, while it is waited for; and no more once it has answered', async () => {
    const answer = Promise.withResolvers<void>()
    const { events, mirror } = waitingFor(answer.promise)
    const fetched = mirror.fetch()

    await vi.advanceTimersByTimeAsync(4999)
    expect(events).toEqual([])
    await vi.advanceTimersByTimeAsync(15_001)
    answer.resolve()
    await fetched
    await vi.advanceTimersByTimeAsync(60_000)

    const said = (duration: string) => ({
      type: 'progress',
      message: `waiting for https://forge.example/shop.git (fetch): no answer for ${duration}`,
    })
    expect(events).toEqual([said('5.0s'), said('20s')])
  })

  it.each([
    ["unable to access 'http://forge.example/': The requested URL returned error: 503", 2],
    ['the remote end hung up unexpectedly', 2],
    ['repository not found', 1],
  ])('that says "%s" is asked %i times', async (said, times) => {
    vi.useRealTimers()
    const fetch = vi.fn<() => Promise<void>>(() =>
      Promise.reject(new ConductError('REMOTE_UNREACHABLE', said)),
    )
    const mirror = patientMirror(
      { remote: 'https://forge.example/shop.git', fetch } as unknown as Mirror,
      vi.fn(),
    )

    await expect(mirror.fetch()).rejects.toThrow(said)
    expect(fetch).toHaveBeenCalledTimes(times)
  })

  it('is named no more once it has failed', async () => {
    const answer = Promise.withResolvers<void>()
    const { events, mirror } = waitingFor(answer.promise)
    const fetched = mirror.fetch()
    answer.reject(new Error('gone'))
    await expect(fetched).rejects.toThrow('gone')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(events).toEqual([])
  })
})
