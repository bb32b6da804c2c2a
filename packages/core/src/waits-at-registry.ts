import type { RunStop } from './run.ts'

/** A maintainer with a second factor is waited for, not somebody who approves the plan. */
export function waitsAtRegistry(stop: Pick<RunStop, 'code'> | null): boolean {
  return stop?.code === 'STAGE_APPROVAL_MISSING' || stop?.code === 'PUBLISH_OTP'
}
