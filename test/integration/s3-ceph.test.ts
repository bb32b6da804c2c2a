import { storeScenarios } from '@conduct/lanes/conformance'
import { openStore } from '@conduct/lanes/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasCeph, startCeph } from '../servers/ceph.ts'
import type { S3Server } from '../servers/s3.ts'

/** A second S3 of other people: it compares expected ETags without their quotes only. */
describe.skipIf(!hasCeph)('the S3 store on Ceph (skipped: needs ceph-mon, ceph-osd and radosgw)', () => {
  let ceph: S3Server

  beforeAll(async () => {
    ceph = await startCeph()
    Object.assign(process.env, ceph.env)
  })

  afterAll(() => ceph[Symbol.asyncDispose]())

  test.each(storeScenarios)('conforms: $name', async ({ run }) => {
    const url = ceph.freshUrl('conformance')
    const estate = crypto.randomUUID()
    await using a = await openStore(url, { estate })
    await using b = await openStore(url, { estate })
    await using other = await openStore(url, { estate: `${estate}-other` })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })

  test('passes the probe anew, in the form that was remembered', async () => {
    await using store = await openStore(ceph.freshUrl('conformance'), { estate: 'doctor' })

    const probes = await store.probe()

    expect(probes.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'conditional_write ok',
      'round_trip ok',
      'clock ok',
    ])
  })
})
