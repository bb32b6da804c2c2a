import { describe, expect, test } from 'vitest'
import { useEstates } from '../conductor/use-estates.ts'
import { git } from '../conductor/estate-world.ts'
import { photograph, trainProcess } from './train-process.ts'

interface PlanDocument {
  readonly ok: boolean
  readonly plan: { readonly id: string; readonly steps: readonly { readonly action: string }[] }
  readonly dry_run?: boolean
  readonly unverified?: readonly { readonly what: string; readonly why: string }[]
  readonly diff?: {
    readonly against: { readonly id: string }
    readonly approval_holds: boolean
    readonly changes: readonly {
      readonly about: string
      readonly subject: string
      readonly from: string | null
      readonly to: string | null
      readonly signed: boolean
    }[]
  } | null
}

describe('looking ahead', () => {
  const estates = useEstates()

  test('a dry run changes nothing anywhere, not even the store, and says what stays open', async () => {
    const train = await trainProcess(await estates.fresh())
    await train.declare()
    const before = await photograph(train.estate)

    const { exit, document } = await train.json(['run', 'engine', '--dry-run'])
    const text = await train.conduct(['run', 'engine', '--dry-run'])

    const { dry_run: isDryRun, unverified, plan } = document as unknown as PlanDocument
    expect([exit, text.exit, isDryRun]).toEqual([0, 0, true])
    expect(unverified?.map(({ what }) => what)).toEqual(
      expect.arrayContaining(
        plan.steps.map(({ action }) => action).filter((action) => /^(publish|adopt|deploy) /u.test(action)),
      ),
    )
    expect(text.stdout).toContain('Not verified by a dry run')
    expect(text.stdout).toContain('nothing was written, not even this plan')
    expect(await photograph(train.estate)).toEqual(before)
    const unknown = await train.json(['approve', plan.id])
    expect(unknown.document.error?.code).toBe('PLAN_UNKNOWN')
  })

  test('a plan is compared with the last one, with one by its id, and with nothing', async () => {
    const train = await trainProcess(await estates.fresh())
    await train.declare()
    const plan = async (...args: readonly string[]) =>
      (await train.json(['plan', 'engine', ...args])).document as unknown as PlanDocument

    const first = await plan('--diff', 'last')
    const same = await plan('--diff', 'last')
    const tree = await git(train.estate, 'shop', 'rev-parse', 'main^{tree}')
    const head = await git(train.estate, 'shop', 'commit-tree', tree, '-p', 'main', '-m', 'shop goes on')
    await git(train.estate, 'shop', 'update-ref', 'refs/heads/main', head)
    const moved = await plan('--diff', first.plan.id)
    const smaller = await plan('--only', 'shop', '--diff', 'last')
    const text = await train.conduct(['plan', 'engine', '--diff', smaller.plan.id])
    const unknown = await train.json(['plan', 'engine', '--diff', 'zzzz'])

    expect(first.diff).toBeNull()
    expect(same.diff).toMatchObject({ against: { id: first.plan.id }, approval_holds: true, changes: [] })
    expect(moved.diff?.approval_holds).toBe(true)
    expect(moved.diff?.changes).toContainEqual({
      about: 'head',
      subject: 'shop',
      from: expect.stringMatching(/^[0-9a-f]{40}$/u),
      to: head,
      signed: false,
    })
    expect(smaller.diff).toMatchObject({
      against: { id: moved.plan.id },
      approval_holds: false,
      changes: expect.arrayContaining([
        { about: 'consumer', subject: 'admin', from: 'in the train', to: null, signed: true },
        { about: 'left_out', subject: 'left out', from: 'nobody', to: 'admin', signed: true },
      ]),
    })
    expect(text.stdout).toMatch(
      /Changed since the earlier plan[\s\S]*consumer admin +not there +in the train +signs it/u,
    )
    expect([unknown.exit, unknown.document.error?.code]).toEqual([4, 'PLAN_UNKNOWN'])
  })
})
