import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** What may be deleted at any time between two commands: `$XDG_CACHE_HOME/conduct`, else `~/.cache/conduct`. */
export function cacheHome(env: Readonly<Record<string, string | undefined>>): string {
  const declared = env['XDG_CACHE_HOME']
  const base =
    declared !== undefined && isAbsolute(declared) ? declared : join(env['HOME'] ?? homedir(), '.cache')
  return join(base, 'conduct')
}
