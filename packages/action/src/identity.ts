type Environment = Readonly<Record<string, string | undefined>>

export interface JobIdentity {
  /** The name of the holder: another attempt of the same run is somebody else. */
  readonly holder: string
  /** What tells this job from all others that share the account of a self-hosted runner. */
  readonly session: string
}

/**
 * @param person a key of `people`, where the job acts for one
 * @throws where this is no job of GitHub Actions, or the name is none
 */
export function jobIdentity(person: string, env: Environment = process.env): JobIdentity {
  const [run = '', attempt = ''] = [env['GITHUB_RUN_ID'], env['GITHUB_RUN_ATTEMPT']]
  if (!/^\d+$/.test(run) || !/^\d+$/.test(attempt)) {
    throw new Error('GITHUB_RUN_ID and GITHUB_RUN_ATTEMPT are not set: this runs as a step of GitHub Actions')
  }
  if (!/^[A-Za-z0-9_-]*$/.test(person)) throw new Error(`person is a name of people, not ${person}`)
  const { GITHUB_REPOSITORY: repository = '', GITHUB_JOB: job = '', RUNNER_NAME: runner = '' } = env
  return {
    holder: `action:${person === '' ? '' : `${person}#`}${run}:${attempt}`,
    session: [repository, run, attempt, job, runner].join('/').replaceAll(/\s+/g, '-'),
  }
}
