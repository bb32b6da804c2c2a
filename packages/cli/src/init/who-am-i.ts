import { userInfo } from 'node:os'
import { findSecrets } from '@conduct/config'
import { type Gap, type PersonFacts, toName } from '@conduct/init'
import type { CommandContext } from '../command.ts'
import { readGitConfig } from '../estate/git-config.ts'
import { resolveIdentity } from '../estate/identity.ts'

/**
 * The key by which conduct will know who types, whatever git calls them. An agent that writes the file is declared as
 * one: the captain, who approves, is whose login it runs under.
 */
export function whoAmI({ cwd, env, global }: CommandContext): {
  readonly person: PersonFacts
  readonly gaps: readonly Gap[]
} {
  const { holder } = resolveIdentity({ as: global.as, cwd, env, people: new Set() })
  const [, surface = 'cli', name = ''] = /^([^:]*):([^@#]*)/.exec(holder) ?? []
  const isPerson = surface === 'cli'
  const known = isPerson ? name : userInfo().username
  const key = toName(known, 'me')
  const agent = isPerson ? null : toName(name.replace(/-\d+$/, ''), 'agent')
  const forge = readGitConfig('github.user', cwd)
  return {
    person: {
      key,
      name: readGitConfig('user.name', cwd),
      forge: forge === null || findSecrets(forge).length > 0 ? null : forge,
      agent: agent === key ? null : agent,
    },
    gaps: key === known ? [] : [unlikeName(known, key)],
  }
}

function unlikeName(known: string, key: string): Gap {
  return {
    repo: null,
    what: `Your name ${known} cannot stand in lanes.yaml, where you are ${key}`,
    remedy: `Say who you are: git config --global conduct.person ${key}`,
  }
}
