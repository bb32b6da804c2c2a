import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { readWorktreeTop } from '../../estate/worktree-top.ts'
import { findHookPlace } from '../../guard/hook-place.ts'
import { declaredAgents, uninstallAgent } from '../../guard/install-agent.ts'
import { uninstallHooks } from '../../guard/install-hooks.ts'
import { changesText, settingNames, writeSetting } from '../../guard/installed.ts'

export const spec: CommandSpec<NoFlags, []> = {
  description: [
    'Takes out what install put in, of git and of every coding agent: whatever stood there before is there again, to the byte.',
  ],
  parameters: {},
  examples: [['guard uninstall', 'nothing is asked any more']],
}

export const run: CommandRun<NoFlags, []> = async (context) => {
  const place = findHookPlace(context.cwd)
  const top = readWorktreeTop(context.cwd) ?? context.cwd
  const agents = declaredAgents
    .map(({ name }) => uninstallAgent(top, name))
    .filter(({ did }) => did !== 'left')
  const changes = [...uninstallHooks(place), ...agents]
  for (const name of settingNames) writeSetting(context.cwd, name, null)
  return {
    exit: 0,
    data: { outcome: 'uninstalled', place: place.kind, files: changes },
    text: () => `The guard does not stand here any more.\n${changesText(changes)}`,
  }
}
