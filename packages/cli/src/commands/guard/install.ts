import type { AgentName } from '@conduct/guard'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { launchHere } from '../../estate/launch.ts'
import { loadConfig } from '../../estate/load-config.ts'
import { readWorktreeTop } from '../../estate/worktree-top.ts'
import { findHookPlace } from '../../guard/hook-place.ts'
import { agentFlag } from '../../guard/agent-flag.ts'
import { installAgent } from '../../guard/install-agent.ts'
import { installHooks } from '../../guard/install-hooks.ts'
import { changesText, hookLauncher, settingsFor, writeSetting } from '../../guard/installed.ts'
import { findGuarded } from '../../guard/repository.ts'

export type Flags = { readonly agent?: readonly AgentName[]; readonly repo?: string }

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Git asks the guard before every commit and every push of this repository, in all of its worktrees. Hooks that are there already run after it, with the same input; husky, lefthook and a core.hooksPath of the repository keep their own files, and get the lines they need. Doing it again changes nothing.',
    'With --agent, that coding agent asks before it runs a command or edits a file, too. Its settings of this repository are written; what they were is kept beside them.',
    'A submodule is a repository of its own: install it there, too.',
  ],
  parameters: {
    flags: {
      agent: agentFlag,
      repo: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'repo',
        brief: 'What lanes.yaml calls this repository, where its remotes do not tell',
      },
    },
  },
  examples: [
    ['guard install', 'stop at commit and push'],
    ['guard install --agent claude --agent codex', 'and before an agent acts'],
    ['-c ../rules/lanes.yaml guard install --repo shop', 'by the rules of another folder'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  const loaded = await loadConfig(context)
  const place = findHookPlace(context.cwd)
  const top = readWorktreeTop(context.cwd) ?? context.cwd
  const { repo } = findGuarded(context, loaded, flags)
  const changes = [
    ...installHooks(place),
    ...(flags.agent ?? []).map((name) => installAgent(top, { name, launcher: hookLauncher() })),
  ]
  for (const [name, value] of Object.entries(settingsFor(context, { loaded, top, repo: flags.repo }))) {
    writeSetting(context.cwd, name, value)
  }
  return {
    exit: 0,
    data: { outcome: 'installed', place: place.kind, repo, files: changes },
    text: (style) => {
      const known =
        repo === null
          ? `${style.yellow('!')} lanes.yaml does not know this repository by its remotes: install again with --repo.\n`
          : `${style.green('✔')} The guard stands before every commit and push of ${repo}.\n`
      const lefthook =
        place.kind === 'lefthook'
          ? 'lefthook install writes its hooks anew: run it, where it had none for pushes.\n'
          : ''
      return `${known}${changesText(changes)}${lefthook}`
    },
    next: `${launchHere(context, loaded.address)} guard`,
  }
}
