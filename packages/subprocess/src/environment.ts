import { tmpdir } from 'node:os'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface EnvironmentOptions {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly passEnv: readonly string[]
  readonly inherited: NodeJS.ProcessEnv
}

/**
 * The environment of a command, built up from nothing: what is not named here does not exist for it. That keeps
 * out the `npm_config_*` of a surrounding `pnpm run`, `YARN_*` (unknown ones break yarn 4), `GIT_*` of a
 * surrounding hook and our own `CONDUCT_*`, unless one of them is passed by name.
 */
export function buildEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { inherited } = options
  const built: Record<string, string> = {
    PATH: inherited['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: options.home,
    LANG: inherited['LANG'] ?? 'C.UTF-8',
    TERM: 'dumb',
    TZ: inherited['TZ'] ?? 'UTC',
  }
  for (const name of options.passEnv) {
    const value = inherited[name]
    if (value !== undefined) built[name] = value
  }
  return { ...built, ...options.env }
}

export interface Home extends AsyncDisposable {
  readonly path: string
}

/** The given folder, left alone; or a fresh empty one that is removed when disposed. */
export async function openHome(path: string | undefined): Promise<Home> {
  if (path !== undefined) return { path, [Symbol.asyncDispose]: async () => {} }
  const fresh = await mkdtemp(join(tmpdir(), 'conduct-home-'))
  return {
    path: fresh,
    [Symbol.asyncDispose]: () => rm(fresh, { recursive: true, force: true, maxRetries: 3 }),
  }
}
