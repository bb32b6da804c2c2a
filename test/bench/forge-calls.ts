import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildEstate } from '@conduct/rehearsal'
import { childOf, forgeEstate, forgeToken } from '../conductor/forge-estate.ts'
import { openConductor } from '../conductor/open-conductor.ts'
import type { Table } from './table.ts'

/** What GitHub grants a token: requests in an hour, and those that make something in a minute. */
const requestsPerHour = 5000
const writesPerMinute = 80

/**
 * What one train asks of a forge, counted at the double: a library and an app whose main takes pull requests only,
 * published, adopted by pull request and merged.
 */
export async function countForgeCalls(): Promise<Table> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  const estate = await buildEstate({
    dir: path.join(dir, 'estate'),
    size: 'small',
    consumers: [{ name: 'shop', manager: 'npm' }],
  })
  process.env['GH_ENTERPRISE_TOKEN'] = forgeToken
  try {
    await using world = await forgeEstate(estate)
    await using opened = await openConductor(childOf(world))
    const { exit, record } = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    if (exit !== 0) throw new Error(`the train ended with ${exit}: ${JSON.stringify(record.stop)}`)
    const repos = 2
    const { calls } = world.github
    const asked = [...calls].reduce((sum, [, count]) => sum + count, 0)
    const free = world.github.notModified()
    const writes = [...calls].reduce(
      (sum, [endpoint, count]) => sum + (endpoint.startsWith('GET ') ? 0 : count),
      0,
    )
    const counted = asked - free
    return {
      title: 'What a train of two repositories asks of GitHub',
      columns: ['', 'per train', 'per repository', 'limit', 'trains within it'],
      rows: [
        [
          'requests that count',
          String(counted),
          (counted / repos).toFixed(1),
          `${requestsPerHour} an hour`,
          String(Math.floor(requestsPerHour / counted)),
        ],
        ['unchanged answers, which are free', String(free), (free / repos).toFixed(1), '–', '–'],
        [
          'requests that write',
          String(writes),
          (writes / repos).toFixed(1),
          `${writesPerMinute} a minute`,
          String(Math.floor(writesPerMinute / Math.max(1, writes))),
        ],
      ],
      note: 'survey to report, one pull request opened, watched and merged; counted at the double',
    }
  } finally {
    await estate.stop()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}
