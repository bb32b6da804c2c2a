import { execUnderLane } from '@conduct/conductor'
import { type LaneDefinition, openLanes, openStore, systemClock } from '@conduct/lanes/engine'

/** A conduct that runs one command under a lane, to be killed. */
export interface ExecOrder {
  readonly storeUrl: string
  readonly definition: LaneDefinition
  readonly argv: readonly string[]
  readonly cwd: string
}

const order = JSON.parse(process.argv[2] ?? '') as ExecOrder
await using store = await openStore(order.storeUrl)
const lane = openLanes({
  store,
  estate: 'test',
  definitions: new Map([['lane', order.definition]]),
  identity: { holder: 'test:exec', person: null },
  clock: systemClock,
}).lane('lane')
const result = await execUnderLane({
  lane,
  claim: { resources: ['x'], waitMsMax: 0, whenHeld: 'fail' },
  argv: order.argv,
  cwd: order.cwd,
  env: process.env,
  stdout: 'inherit',
})
process.exitCode = !result.ran ? 10 : result.lost === null ? (result.commandExit ?? 1) : 11
