import { type HitCrashPoint, isCrashPoint } from '@conduct/conductor'

/** How `rehearse --kill-at` tells its child where to die; nothing else sets it. */
export const KILL_AT = 'CONDUCT_REHEARSE_KILL_AT'

/** Dies by SIGKILL, without any chance to tidy up, when the run comes to that point. */
export function killAt(env: Readonly<Record<string, string | undefined>>): HitCrashPoint | null {
  const wanted = env[KILL_AT]
  if (wanted === undefined || wanted === '') return null
  return (point, step) => {
    if (isCrashPoint(wanted, point, step)) process.kill(process.pid, 'SIGKILL')
  }
}
