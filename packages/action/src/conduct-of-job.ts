import { resolve } from 'node:path'
import { input } from './runner.ts'
import type { JobIdentity } from './identity.ts'
import type { Conduct } from './start-conduct.ts'

/** Conduct as the inputs of this step want it. */
export function conductOfJob(identity: JobIdentity | null): Conduct {
  const program = input('program')
  if (program === '') throw new Error('program is not set: the action setup says where conduct is')
  return {
    program,
    holder: identity?.holder ?? null,
    session: identity?.session ?? null,
    config: input('config'),
    workingDirectory: resolve(process.env['GITHUB_WORKSPACE'] ?? '.', input('working_directory')),
    token: input('token'),
  }
}

/** `10m` → the flags that wait so long; `0s` and nothing: none. */
export function waitFlags(): readonly string[] {
  const wait = input('wait')
  return wait === '' || /^0+(?:ms|s|m|h|d)?$/.test(wait) ? [] : ['--wait', '--wait-max', wait]
}
