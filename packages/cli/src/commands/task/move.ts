import { exitCodes } from '@conduct/core'
import { openTasks } from '@conduct/tasks'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { openEstate } from '../../estate/open-estate.ts'

export type Flags = {
  readonly to: string
  readonly from?: string
  readonly 'only-if-moved': boolean
}

const state = { kind: 'parsed', parse: textValue, placeholder: 'state' } as const

export const spec: CommandSpec<Flags, [task: string]> = {
  description: [
    'Moves a work item of the store to another state: the comparison with --from and the move are one change. Where it is there already, that is a quiet success with who moved it; in any other state it stays, and exit 13 says who moved it and when.',
    'A ticket that a batch has (state batched) leaves the batch with its move: that is the way back.',
  ],
  parameters: {
    flags: {
      to: { ...state, brief: 'Where it goes' },
      from: { ...state, optional: true, brief: 'What it has to be in; without it the move is not guarded' },
      'only-if-moved': { kind: 'boolean', brief: 'Exit 13 where it is there already: only one may start' },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: textValue, placeholder: 'task', brief: 'The item; for a branch, its name' }],
    },
  },
  examples: [
    ['task move feature/a --to open --from batched', 'take a ticket out of its batch'],
    ['task move ABC-12 --to doing --from todo --only-if-moved', 'start work, if nobody else has'],
  ],
}

export const run: CommandRun<Flags, [task: string]> = async (context, flags, task) => {
  await using estate = await openEstate(context)
  const tasks = openTasks({ store: estate.store, wallMs: Date.now })
  const { to, from } = flags
  const answer = await tasks.move(task, {
    to,
    by: estate.identity.holder,
    ...(from === undefined ? {} : { from }),
  })
  const { outcome, task: now, isGuarded } = answer
  const { moved } = now
  const isRefused = outcome === 'refused' || (outcome === 'already' && flags['only-if-moved'])
  return {
    exit: isRefused ? exitCodes.expectedState : exitCodes.done,
    ok: !isRefused,
    data: {
      task,
      outcome,
      from: answer.from,
      to,
      ...(moved === null ? {} : { moved_by: moved.by, moved_at: moved.at }),
      guarded: isGuarded,
    },
    text: (style) => {
      const who = moved === null ? 'nobody has moved it' : `${moved.by} moved it at ${moved.at}`
      switch (outcome) {
        case 'moved':
          return `${style.green('✔')} ${task} is ${to}; it was ${answer.from}${isGuarded ? '' : ' (nothing was expected of it: --from would)'}.\n`
        case 'already':
          return `${task} is ${now.state} already: ${who}.\n`
        case 'refused':
          return `${style.red('✖')} ${task} is ${now.state}, not ${from ?? ''}: ${who}. It stays.\n`
        default:
          return outcome satisfies never
      }
    },
  }
}
