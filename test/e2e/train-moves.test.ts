import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { git, readWorld } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { commitOnce, shell, trainProcess, expectExit } from './train-process.ts'

describe('main of a consumer moves between survey and adopt', () => {
  const estates = useEstates()

  test('the run adopts onto the new head after checking that repo again, and reports both commits', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const tried = join(estate.dir, 'shop.tried')
    await train.declare([
      [/checks: \[\]/u, `checks: [${shell(commitOnce(estate, 'shop', join(estate.dir, 'moved')))}]`],
      [/( {2}shop:[^]*?)checks: \[\]/u, `$1checks: [${shell(`git rev-parse HEAD >> ${tried}`)}]`],
    ])
    const surveyed = await git(estate, 'shop', 'rev-parse', 'main')

    const { exit, document, stderr } = await train.json(['run', 'engine', '--approve'])

    expectExit({ exit, stderr }, 0)
    const moved = await git(estate, 'shop', 'rev-parse', 'main~1')
    expect(moved).not.toBe(surveyed)
    const adopted = document.adopted.find(({ repo }) => repo === 'shop')
    expect(adopted?.surveyed).toEqual([surveyed, moved])
    expect((await readFile(tried, 'utf8')).split('\n')).toEqual(expect.arrayContaining([surveyed, moved]))
    const world = await readWorld(estate)
    expect(world.mains['shop']?.slice(1)).toEqual(['meanwhile', 'shop: sell things'])
    expect(adopted?.commit).toBe(world.heads['shop'])
    expect(world.running['shop']?.sha).toBe(world.heads['shop'])
    expect(stderr).toContain(`shop: main moved from ${surveyed} to ${moved}`)
    const report = await train.conduct(['report', document.run])
    expect(report.stdout).toContain(surveyed.slice(0, 7))
    expect(report.stdout).toContain(moved.slice(0, 7))
  })

  test('with on_move: stop it stops and says what moved; resume --replan and a new approval finish it', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    await train.declare([
      [/checks: \[\]/u, `checks: [${shell(commitOnce(estate, 'shop', join(estate.dir, 'moved')))}]`],
      ['      - repo: shop\n', '      - repo: shop\n        on_move: stop\n'],
    ])
    const surveyed = await git(estate, 'shop', 'rev-parse', 'main')

    const stopped = await train.json(['run', 'engine', '--approve'])

    const moved = await git(estate, 'shop', 'rev-parse', 'main')
    expect(stopped.exit).toBe(7)
    expect(stopped.document).toMatchObject({ state: 'stopped', ok: false, published: [{ version: '1.1.0' }] })
    expect(stopped.document.error).toMatchObject({ code: 'EXPECTED_STATE', irreversible_done: true })
    expect(stopped.document.error?.message).toContain(`shop: main moved from ${surveyed} to ${moved}`)
    expect(stopped.document.next).toMatch(/ resume [0-9a-f]+ --replan$/u)
    expect((await readWorld(estate)).mains['shop']).toEqual(['meanwhile', 'shop: sell things'])

    const { run } = stopped.document
    const replanned = await train.json(['resume', run, '--replan'])
    expect(replanned.exit).toBe(7)
    expect(replanned.document.error).toMatchObject({ code: 'APPROVAL_MISSING', irreversible_done: true })
    expect(replanned.document.plan_id).not.toBe(stopped.document.plan_id)
    const shown = await train.conduct(['status', run])
    expect(shown.stdout).toMatch(
      new RegExp(`^Next: .* approve ${replanned.document.plan_id ?? '?'} && .* resume ${run}$`, 'mu'),
    )

    const approved = await train.conduct(['approve', run])
    expectExit(approved, 0)
    const finished = await train.json(['resume', run])

    expectExit(finished, 0)
    expect(finished.document).toMatchObject({ state: 'done', next: null })
    expect(finished.document.published).toHaveLength(1)
    const world = await readWorld(estate)
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
    expect(world.mains['shop']?.slice(1)).toEqual(['meanwhile', 'shop: sell things'])
    expect(world.mains['admin']).toHaveLength(2)
    for (const name of ['shop', 'admin']) expect(world.running[name]?.sha).toBe(world.heads[name])
  })
})
