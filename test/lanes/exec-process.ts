import { execUnderLane } from '@conduct/conductor'
import { type LaneDefinition, openStore } from '@conduct/lanes/engine'
import { laneOf } from './lane-of.ts'

/** A conduct that runs one command under a lane, to be killed. */
export interface ExecOrder {
  readonly storeUrl: string
  readonly estate: string
  readonly definition: LaneDefinition
  readonly argv: readonly string[]
  readonly cwd: string
}

const order = JSON.parse(process.argv[2] ?? '') as ExecOrder
await using store = await openStore(order.storeUrl, { estate: order.estate })
const result = await execUnderLane({
  lane: laneOf(store, order.definition, 'test:exec'),
  claim: { resources: ['x'], waitMsMax: 0, whenHeld: 'fail' },
  argv: order.argv,
  cwd: order.cwd,
  env: process.env,
  stdout: 'inherit',
})
process.exitCode = !result.ran ? 10 : result.lost === null ? (result.commandExit ?? 1) : 11
