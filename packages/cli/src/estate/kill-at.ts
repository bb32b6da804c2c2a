import { appendFileSync } from 'node:fs'
import { isCrashPoint } from '@conduct/conductor'

/** How the rehearsal tells the run it starts where to die: `publish:acted`, or `publish:acted@<step id>`. */
export const KILL_AT = 'CONDUCT_REHEARSE_KILL_AT'

/** The crash tests: SIGSTOP in place of SIGKILL, and a file that gets a line `<point>@<step id>` per point passed. */
const KILL_SIGNAL = 'CONDUCT_REHEARSE_KILL_SIGNAL'
const POINTS_FILE = 'CONDUCT_REHEARSE_POINTS_FILE'

/** Dies or stands still at that point, without any chance to tidy up, when the run comes to it. */
export function killAt(env: NodeJS.ProcessEnv): ((point: string, step: string) => void) | null {
  const wanted = env[KILL_AT]
  const pointsFile = env[POINTS_FILE]
  if (wanted === undefined && pointsFile === undefined) return null
  const signal = env[KILL_SIGNAL] === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL'
  let isDone = false
  return (point, step) => {
    if (pointsFile !== undefined) appendFileSync(pointsFile, `${point}@${step}\n`)
    if (wanted === undefined || isDone || !isCrashPoint(wanted, point, step)) return
    isDone = true
    process.kill(process.pid, signal)
  }
}
