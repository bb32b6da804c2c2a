import { buildChoiceParser } from '@stricli/core'
import type { CommandRun, CommandSpec, NoFlags } from '../command.ts'
import { type Shell, completionScript, shellKind, shells } from '../completion/scripts.ts'
import { launcherOf } from '../estate/launch.ts'

export const spec: CommandSpec<NoFlags, [shell: Shell]> = {
  description: [
    'Prints what makes a shell complete conduct: commands, flags with what they mean, and the lanes, repos, trains, projects and flags of the lanes.yaml that the command would use.',
    'bash: eval "$(conduct completion bash)" in ~/.bashrc. zsh: conduct completion zsh > a folder of $fpath, as _conduct. fish: conduct completion fish > ~/.config/fish/completions/conduct.fish.',
    'It completes the word conduct, and asks the very program that printed it.',
  ],
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: buildChoiceParser(shells),
          placeholder: shellKind,
          brief: 'The shell to complete in',
        },
      ],
    },
  },
  examples: [
    ['completion bash', 'for: eval "$(conduct completion bash)"'],
    ['completion fish', 'for ~/.config/fish/completions/conduct.fish'],
  ],
}

export const run: CommandRun<NoFlags, [shell: Shell]> = async (context, _flags, shell) => {
  const script = completionScript(shell, launcherOf(context))
  return { exit: 0, data: { shell, script }, text: () => script }
}
