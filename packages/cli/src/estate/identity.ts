import { hostname, userInfo } from 'node:os'
import { basename } from 'node:path'
import { ConductError, type Identity } from '@conduct/core'
import { readGitConfig } from './git-config.ts'
import { readWorktreeTop } from './worktree-top.ts'

/**
 * Who acts: `--as`, else `git config conduct.person`, else the login. A name without a place gets one
 * (`cli:ana@host#folder`), so that ten agents under one login in ten worktrees are ten holders.
 *
 * @throws ConductError USAGE for a name that is none.
 */
export function resolveIdentity(options: {
  readonly as?: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Keys of `people`. */
  readonly people: ReadonlySet<string>
}): Identity {
  const { as, cwd, env, people } = options
  const given = as ?? readGitConfig('conduct.person', cwd) ?? userInfo().username
  const match = /^(?:([a-z][a-z\d_-]*):([^\s:@#]\S*)|([^\s:@#][^\s:]*))$/i.exec(given)
  if (match === null) {
    throw new ConductError('USAGE', `${JSON.stringify(given)} is no name of a holder`, {
      hint: 'Write surface:name, as in --as cli:ana or --as agent:carl-3.',
    })
  }
  const surface = match[1] ?? 'cli'
  const name = match[2] ?? match[3] ?? ''
  const isPlain = surface === 'cli' && !/[@#]/.test(name)
  const place = isPlain ? `@${shortHostname()}#${sessionName(cwd, env)}` : ''
  return { holder: `${surface}:${name}${place}`, person: personOf(name, people) }
}

/** `ana@host#folder` and `ana-3` are `ana`, where `people` says so. */
function personOf(name: string, people: ReadonlySet<string>): string | null {
  const bare = name.replace(/[@#].*$/, '')
  if (people.has(bare)) return bare
  const unnumbered = bare.replace(/-\d+$/, '')
  return people.has(unnumbered) ? unnumbered : null
}

function sessionName(cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  const session = env['CONDUCT_SESSION']
  const text = session === undefined || session === '' ? basename(readWorktreeTop(cwd) ?? cwd) : session
  return text.replaceAll(/\s+/g, '-')
}

function shortHostname(): string {
  return hostname().split('.', 1)[0] ?? 'localhost'
}
