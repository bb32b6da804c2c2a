import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { copyEstate, type Estate } from '@conduct/rehearsal'

import { modelEstate } from '../model-estate.ts'
import { type ConductEnd, type ConductProcess, startConduct } from '../conduct-process.ts'

/** An estate to crash in: a small one with a configure step; with npm, too, in the whole matrix. */
export interface CrashEstate {
  readonly estate: Estate
  conduct(...argv: readonly string[]): Promise<ConductEnd>
  start(argv: readonly string[], env?: Readonly<Record<string, string>>): ConductProcess
  /** Gets a line `<point>@<step>` for each that a process passes, where it is told of the file. */
  readonly pointsFile: string
  passedPoints(): Promise<readonly string[]>
}

/** What its runs do, in the words of their crash points. */
export const kindsOfCrashEstate = [
  'adopt',
  'approve',
  'claim',
  'configure',
  'deploy',
  'keep',
  'pack',
  'plan',
  'publish',
  'release',
  'tag',
] as const

/** Every point, and not only the first of each kind and position. */
export const isWhole = process.env['CONDUCT_CRASH'] === 'all'

/** For takeovers that are waited for: a stopped process loses its lease after ttl + margin, 6 seconds. */
const shortLease = '\n    lease: { ttl: 5s, renew: 1s, margin: 1s }'

const configure = `        configure:
          - name: engine-flag
            action: env_var
            observe: bin/config get ENGINE_FLAG
            expect: ["", "off"]
            goal: "on"
            apply: bin/config set ENGINE_FLAG on
            undo: bin/config set ENGINE_FLAG off`

export async function withCrashEstate<Result>(
  options: { readonly lease: 'default' | 'short' },
  use: (estate: CrashEstate) => Promise<Result>,
): Promise<Result> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-crash-'))
  const estate = await copyEstate({
    from: await modelEstate(isWhole ? 'npmAndPnpm' : 'pnpm'),
    to: path.join(dir, 'estate'),
  })
  const pointsFile = path.join(dir, 'points.log')
  const started: ConductProcess[] = []
  try {
    const text = await readFile(estate.lanesYamlPath, 'utf8')
    const changed = text
      .replace(/^ {4}setup: .*$/gm, '    setup: []')
      .replace(
        /^ {4}captains: \[ana\]$/m,
        `    captains: [ana]${options.lease === 'short' ? shortLease : ''}`,
      )
      .replace(/^( {8}adopt: \{ manager: pnpm.*)$/m, `$1\n${configure}`)
    await writeFile(estate.lanesYamlPath, changed)
    const start: CrashEstate['start'] = (argv, env = {}) => {
      const conduct = startConduct(['-c', estate.lanesYamlPath, '--as', 'cli:ana', ...argv], {
        cwd: dir,
        env: {
          XDG_CACHE_HOME: path.join(dir, 'cache'),
          XDG_STATE_HOME: path.join(dir, 'state'),
          ...env,
        },
      })
      started.push(conduct)
      return conduct
    }
    const passedPoints = async () =>
      (await readFile(pointsFile, 'utf8')).split('\n').filter((line) => line !== '')
    return await use({
      estate,
      pointsFile,
      passedPoints,
      start,
      conduct: (...argv) => start(argv).ended,
    })
  } finally {
    for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL')
    await estate.stop()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Types what a person would until the run is done: resume, approve where it asks, run where nothing was begun. */
export async function finish(estate: CrashEstate): Promise<ConductEnd> {
  const attemptsMax = 5
  let last: ConductEnd | null = null
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { run, words } = await nextWords(estate)
    last = await estate.conduct(...words)
    if (last.exit === 6 && run !== undefined) await estate.conduct('approve', run)
    else if (last.exit === 0) break
  }
  if (last === null) throw new Error('there was nothing to finish')
  return last
}

/** What a person types next: resume, or run where nothing was begun. */
export async function nextWords(
  estate: CrashEstate,
): Promise<{ readonly run: string | undefined; readonly words: readonly string[] }> {
  const { runs } = JSON.parse((await estate.conduct('status', '--json')).stdout) as {
    readonly runs: readonly { readonly run: string; readonly state: string }[]
  }
  // A run that was killed after its very end is done; resume says so.
  const run = (runs.find(({ state }) => state !== 'done' && state !== 'aborted') ?? runs[0])?.run
  const begun = run === undefined ? ['run', 'engine', '--approve'] : ['resume', run]
  return { run, words: [...begun, '--wait', '--json'] }
}
