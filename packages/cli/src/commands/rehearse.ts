import { crashPointNames } from '@conduct/conductor'
import { ConductError } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandOutcome, CommandRun, CommandSpec } from '../command.ts'
import { launch } from '../estate/launch.ts'
import { importRehearsal } from '../rehearse/import-rehearsal.ts'
import { rehearse } from '../rehearse/rehearse.ts'
import { stopRehearsal } from '../rehearse/stop-rehearsal.ts'

const sizes = ['small', 'full'] as const

export type Flags = {
  readonly keep: boolean
  readonly estate: (typeof sizes)[number]
  readonly killAt?: string
  readonly stop?: string
}

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Builds a throwaway estate below the temporary folder (real git remotes, a real package registry, apps that really run) and conducts a whole train through it, by the same commands as a real one. Afterwards everything is removed, unless --keep.',
    'With CONDUCT_STORE=postgres://… (or s3://…, git+…) the lanes, journals and approvals of the estate live in that store, under a name of their own, and stay there; everything else is as without.',
    'The full estate needs other people: the rehearsal plays them. carl signs the plan with a key of his own, a maintainer lets the staged packages out with a second factor, and a double of GitHub over the same git remotes merges what its required check has passed and runs the workflow that deploys one of the apps. A consumer whose package manager, or whose Ruby, is missing here is left out by name.',
    'With --kill-at the run dies by SIGKILL at that point, the estate stays, and the last line is the command that finishes the run; exit 137.',
  ],
  parameters: {
    flags: {
      keep: {
        kind: 'boolean',
        brief: 'Keep the estate, with a tour of commands to try; its servers end after an hour',
      },
      estate: {
        kind: 'enum',
        values: sizes,
        default: 'small',
        brief:
          'Two consumers; or six, two staged packages and a gem, a forge with protected branches, a signed approval',
      },
      killAt: {
        kind: 'parsed',
        parse: crashPointValue,
        optional: true,
        placeholder: 'point',
        brief: 'Where to die: publish:acted, adopt:intended, deploy:before, claim:proved …',
      },
      stop: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'folder',
        brief: 'End a kept estate: stop its servers and remove its folder',
      },
    },
  },
  examples: [
    ['rehearse', 'watch a release travel'],
    ['rehearse --keep', 'and look around afterwards'],
    ['rehearse --keep --estate full', 'with pull requests, approvals and staged packages'],
    ['rehearse --keep --kill-at publish:acted', 'watch it survive kill -9'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags): Promise<CommandOutcome> => {
  if (flags.stop !== undefined && (flags.keep || flags.killAt !== undefined)) {
    throw new ConductError('USAGE', '--stop goes alone', { hint: 'It ends an estate that was kept before.' })
  }
  const rehearsal = await importRehearsal(launch(context, null))
  if (flags.stop !== undefined) return stopRehearsal(context, rehearsal, flags.stop)
  return rehearse(context, rehearsal, flags)
}

function crashPointValue(text: string): string {
  if (!crashPointNames.includes(text.replace(/@.*$/, ''))) {
    throw new Error(`it is no point of a run; there are: ${crashPointNames.join(', ')}`)
  }
  return text
}
