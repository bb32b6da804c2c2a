import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openConductor } from './open-conductor.ts'
import { git, readWorld } from './estate-world.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

const start = { train: 'engine', approve: true, waitMsMax: 0 } as const

describe('what stops a run before anything irreversible', () => {
  const estates = useEstates()

  it('somebody publishes the version with other bytes after the check: INTEGRITY_MISMATCH, exit 3', async () => {
    const estate = await estates.fresh()
    const npmrc = await git(estate, 'engine', 'show', 'main:.npmrc')
    const hit = (point: string) => {
      if (point !== 'approve:proved') return
      const folder = mkdtempSync(join(tmpdir(), 'other-'))
      writeFileSync(join(folder, '.npmrc'), npmrc)
      writeFileSync(join(folder, 'package.json'), '{"name":"@rehearsal/engine","version":"1.1.0"}')
      execFileSync('npm', ['publish', '--ignore-scripts'], { cwd: folder, stdio: 'ignore' })
    }
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate), hit })

    const { exit, record } = await ana.conductor.runTrain(start)

    expect({ exit, code: record.stop?.code, phase: record.stop?.phase }).toEqual({
      exit: 3,
      code: 'INTEGRITY_MISMATCH',
      phase: 'publish',
    })
    expect(record.irreversibleDone).toBe(false)
    const world = await readWorld(estate)
    expect(world.tags).toEqual(['engine-v1.0.0'])
    expect((await ana.conductor.estateStatus()).lanes).toMatchObject([{ holders: [] }])
  })

  it('interrupted before: exit 8 and the lane handed back; after: exit 7; resume finishes both', async () => {
    for (const [point, exit] of [
      ['approve:proved', 8],
      ['publish:acted', 7],
    ] as const) {
      const estate = await estates.fresh()
      const lanesYaml = await quickLanesYaml(estate)
      const parts: { interrupt: () => void } = { interrupt: () => undefined }
      await using ana = await openConductor({
        ...estate,
        lanesYaml,
        hit: (hit) => {
          if (hit === point) parts.interrupt()
        },
      })
      parts.interrupt = ana.interrupt

      const stopped = await ana.conductor.runTrain(start)

      expect({ exit: stopped.exit, code: stopped.record.stop?.code }).toEqual({ exit, code: 'INTERRUPTED' })
      expect(stopped.record.next).toBe(`conduct resume ${stopped.record.run}`)
      await using again = await openConductor({ ...estate, lanesYaml })
      const done = await again.conductor.resumeRun({ run: stopped.record.run, waitMsMax: 0 })
      expect(done.record.stop).toBeNull()
      expect({ exit: done.exit, state: done.record.state }).toEqual({ exit: 0, state: 'done' })
      expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
    }
  })

  it('an approval that has grown old: APPROVAL_EXPIRED; whoever may not hold recommends: RUN_RECOMMENDED', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [
      ['requester_may_approve: true', 'requester_may_approve: true, expires: 1ms'],
      ['    captains: [ana]\n', '    captains: [ana]\n    holders: [ana]\n'],
    ])
    await using ana = await openConductor({ ...estate, lanesYaml })
    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })

    const waiting = await ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    await ana.conductor.approvePlan({ plan: waiting.record.run })
    const old = await ana.conductor.resumeRun({ run: waiting.record.run, waitMsMax: 0 })
    const recommended = await carl.conductor.runTrain(start)

    expect({ exit: old.exit, code: old.record.stop?.code }).toEqual({ exit: 6, code: 'APPROVAL_EXPIRED' })
    expect({ exit: recommended.exit, code: recommended.record.stop?.code }).toEqual({
      exit: 6,
      code: 'RUN_RECOMMENDED',
    })
    expect(await carl.store.register.read(`recommendation/${recommended.record.run}`)).toMatchObject({
      document: { train: 'engine', by: 'cli:carl@test' },
    })
    expect(recommended.record).toMatchObject({
      state: 'waiting_lane',
      next: `conduct resume ${recommended.record.run}`,
    })
    const taken = await ana.conductor.resumeRun({ run: recommended.record.run, waitMsMax: 0 })
    expect(taken.record).toMatchObject({ state: 'waiting_approval', plan: { requestedBy: 'cli:ana@test' } })
  })

  it('a verification that says something else: VERIFY_FAILED, exit 9, rolled back where that is automatic', async () => {
    const estate = await estates.fresh()
    const before = await readWorld(estate)
    const wrong = 'expect: { json: { sha: "not {sha}" } }, reads: 2, within: 300ms'
    const lanesYaml = await quickLanesYaml(estate, [
      [/expect: \{ json: \{ sha: "\{sha\}" \} \}, reads: 3, within: 30s/u, wrong],
      [/( +)rollback: (.*)\n/u, '$1rollback: $2\n$1on_failed_verify: automatic\n'],
    ])
    await using ana = await openConductor({ ...estate, lanesYaml })

    const { exit, record } = await ana.conductor.runTrain({ ...start, only: ['shop'] })

    expect({ exit, code: record.stop?.code }).toEqual({ exit: 9, code: 'VERIFY_FAILED' })
    expect(record.deployed).toMatchObject([{ repo: 'shop', verified: 'no' }])
    expect(record.steps.find((step) => step.kind === 'rollback')).toMatchObject({ state: 'done' })
    const world = await readWorld(estate)
    expect(world.running['shop']?.sha).toBe(before.running['shop']?.sha)
  })

  it('an answer nobody can read: VERIFY_INCONCLUSIVE, exit 9, offers the rollback and touches nothing', async () => {
    const estate = await estates.fresh()
    const target = createServer((_request, response) => response.end('<html>up</html>'))
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`
    const lanesYaml = await quickLanesYaml(estate, [
      [/url: "[^"]*", (expect: .*), reads: 3, within: 30s/u, `url: "${url}", $1, reads: 1, within: 300ms`],
    ])
    await using ana = await openConductor({ ...estate, lanesYaml })

    const { exit, record } = await ana.conductor.runTrain({ ...start, only: ['shop'] })

    target.closeAllConnections()
    target.close()
    expect({ exit, code: record.stop?.code }).toEqual({ exit: 9, code: 'VERIFY_INCONCLUSIVE' })
    expect(record.stop?.hint).toMatch(
      /^To verify again, resume\. To deploy [0-9a-f]{7,} .*, conduct compensate /u,
    )
    const world = await readWorld(estate)
    expect(world.running['shop']?.sha).toBe(world.heads['shop'])
  })
})
