import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KILL_AT, killAt } from './kill-at.ts'

describe('a run that is told where to die', () => {
  let folder: string
  let pointsFile: string
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kill-at-'))
    pointsFile = join(folder, 'points.log')
    kill.mockClear()
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const journey = ['publish:before', 'publish:acted', 'adopt:acted'] as const
  /** Where one process after the other dies on the same journey; the last comes to its end. */
  const deathsAt = (wanted: string): readonly string[] => {
    const deaths: string[] = []
    for (;;) {
      const hit = killAt({ [KILL_AT]: wanted, CONDUCT_REHEARSE_POINTS_FILE: pointsFile })
      const died = journey
        .flatMap((point) => ['shop', 'admin'].map((step) => [point, step] as const))
        .find(([point, step]) => {
          const before = kill.mock.calls.length
          hit?.(point, step)
          return kill.mock.calls.length > before
        })
      if (died === undefined) return deaths
      deaths.push(died.join('@'))
    }
  }

  it('does nothing where it was told nothing', () => {
    expect(killAt({})).toBeNull()
  })

  it('dies at the first such point, once', () => {
    const hit = killAt({ [KILL_AT]: 'publish:acted' })
    for (const point of journey) hit?.(point, 'shop')
    hit?.('publish:acted', 'admin')

    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']])
  })

  it('dies at each of several points once, however often it is started again', () => {
    expect(deathsAt('adopt:acted publish:acted@admin')).toEqual(['publish:acted@admin', 'adopt:acted@shop'])
    const passed = readFileSync(pointsFile, 'utf8').trimEnd().split('\n')
    expect(passed.slice(0, 4)).toEqual([
      'publish:before@shop',
      'publish:before@admin',
      'publish:acted@shop',
      'publish:acted@admin',
    ])
  })

  it.each([
    ['every', journey.flatMap((point) => [`${point}@shop`, `${point}@admin`])],
    ['every:before', ['publish:before@shop', 'publish:before@admin']],
  ])('dies at %s point that no earlier process has passed', (wanted, expected) => {
    expect(deathsAt(wanted)).toEqual(expected)
  })
})
