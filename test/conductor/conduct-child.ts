/**
 * A conductor in a process of its own, so that it can be killed: `node conduct-child.ts <request as JSON>`. Prints
 * its result as JSON on stdout.
 */
import { isCrashPoint } from '@conduct/conductor'
import { askForgeAt, type ForgeInTest } from './forge-in-test.ts'
import { hastyClock } from './hasty-clock.ts'
import { openConductor } from './open-conductor.ts'

export interface ChildRequest {
  readonly dir: string
  readonly storeUrl: string
  readonly as?: string
  readonly resume?: string
  readonly compensate?: string
  readonly replan?: boolean
  readonly approve?: boolean
  /** Dies there by SIGKILL, or stands still by SIGSTOP. */
  readonly at?: { readonly point: string; readonly signal: 'SIGKILL' | 'SIGSTOP' }
  readonly lanesYaml?: string
  readonly forge?: ForgeInTest
  /** It does not rest between two looks. */
  readonly isHasty?: boolean
  /** Added to the environment that forges are asked with. */
  readonly env?: Readonly<Record<string, string>>
}

const request = JSON.parse(process.argv[2] ?? '{}') as ChildRequest
const { at } = request
const clock = request.isHasty === true ? hastyClock() : undefined
let isHit = false

await using opened = await openConductor({
  ...request,
  ...(request.forge === undefined ? {} : { askForge: await askForgeAt(request.forge, clock) }),
  ...(clock === undefined ? {} : { clock }),
  hit: (point, step) => {
    if (at === undefined || isHit || !isCrashPoint(at.point, point, step)) return
    isHit = true
    process.kill(process.pid, at.signal)
  },
})
const result = await conduct()
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exitCode = result.exit

function conduct() {
  const { conductor } = opened
  if (request.compensate !== undefined) {
    return conductor.compensateRun({ run: request.compensate, waitMsMax: 30_000 })
  }
  if (request.resume !== undefined) {
    return conductor.resumeRun({
      run: request.resume,
      replan: request.replan ?? false,
      approve: request.approve ?? true,
      waitMsMax: 30_000,
    })
  }
  return conductor.runTrain({ train: 'engine', approve: request.approve ?? true, waitMsMax: 0 })
}
