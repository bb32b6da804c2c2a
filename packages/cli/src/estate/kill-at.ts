import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { isCrashPoint } from '@conduct/conductor'

/** How the rehearsal tells the run it starts where to die: `publish:acted`, or `publish:acted@<step id>`. */
export const KILL_AT = 'CONDUCT_REHEARSE_KILL_AT'

/** The crash tests: SIGSTOP in place of SIGKILL, and a file that gets a line `<point>@<step id>` per point passed. */
const KILL_SIGNAL = 'CONDUCT_REHEARSE_KILL_SIGNAL'
const POINTS_FILE = 'CONDUCT_REHEARSE_POINTS_FILE'

/**
 * Dies or stands still at that point, without any chance to tidy up, when the run comes to it.
 *
 * With a file of points a run can die again and again: `KILL_AT` is several points then, with spaces between, `every`
 * one of them, or `every:acted`; what the file already has is passed.
 */
export function killAt(env: NodeJS.ProcessEnv): ((point: string, step: string) => void) | null {
  const wanted = env[KILL_AT]
  const pointsFile = env[POINTS_FILE]
  if (wanted === undefined && pointsFile === undefined) return null
  const signal = env[KILL_SIGNAL] === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL'
  let isDone = false
  return (point, step) => {
    const passed = pointsFile === undefined || wanted === undefined ? [] : linesOf(pointsFile)
    if (pointsFile !== undefined) appendFileSync(pointsFile, `${point}@${step}\n`)
    if (wanted === undefined || isDone || !isTime(wanted, { point, step, passed })) return
    isDone = true
    process.kill(process.pid, signal)
  }
}

interface Reached {
  readonly point: string
  readonly step: string
  readonly passed: readonly string[]
}

function isTime(wanted: string, { point, step, passed }: Reached): boolean {
  const position = point.slice(point.indexOf(':'))
  return wanted
    .split(' ')
    .some((one) =>
      one === 'every' || one === `every${position}`
        ? !passed.includes(`${point}@${step}`)
        : isCrashPoint(one, point, step) &&
          !passed.some((line) => line === one || line.startsWith(`${one}@`)),
    )
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}
