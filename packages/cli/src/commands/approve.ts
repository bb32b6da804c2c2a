import { ConductError } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { planPositional } from '../train/arguments.ts'
import { judgement } from '../train/judgement.ts'
import { type SignFlags, provingOf, readSigned, signFlags } from '../train/proving.ts'

export type Flags = SignFlags & {
  readonly note?: string
  readonly printStatement: boolean
  readonly signature?: string
  readonly statement?: string
}

const file = { kind: 'parsed', parse: textValue, optional: true, placeholder: 'file' } as const

export const spec: CommandSpec<Flags, [plan: string]> = {
  description: [
    'By somebody whom the lane names as an approver. The approval is bound to the hash of the plan: when the producer, the versions, the consumers or the targets change, it is void. It expires as lanes.yaml says, and a plan that was denied is never approved.',
    'Where lanes.yaml says signed: true, it takes an SSH signature by the key that is listed for you there: --sign makes one with ssh-keygen and your agent. With a key that is elsewhere: --print-statement prints what to sign, and --signature hands in what ssh-keygen made of it. The statement is good for as long as an approval is.',
  ],
  parameters: {
    flags: {
      note: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'text',
        brief: 'Kept with the approval',
      },
      ...signFlags,
      printStatement: { kind: 'boolean', brief: 'Approve nothing; print what is to be signed elsewhere' },
      signature: { ...file, brief: 'A signature that was made elsewhere; anybody may hand it in' },
      statement: {
        ...file,
        brief: 'With --signature: the file that was signed. Default: its name without .sig',
      },
    },
    positional: { kind: 'tuple', parameters: [planPositional] },
  },
  examples: [
    ['approve 5d0e1a', 'approve a plan'],
    ['approve 8f2c --note "looked at the diff"', 'approve the plan that run 8f2c waits for'],
    ['approve 5d0e1a --sign', 'sign it with the key in your agent'],
    ['approve 5d0e1a --sign --key ~/.ssh/id_ed25519', 'sign it with a key file'],
    ['approve 5d0e1a --print-statement > approval', 'what to sign where the key is'],
    [
      'approve 5d0e1a --signature approval.sig',
      'ssh-keygen -Y sign -n conduct-approval -f KEY approval made it',
    ],
  ],
}

export const run: CommandRun<Flags, [plan: string]> = async (context, flags, plan) => {
  refuseMixed(flags)
  const note = flags.note === undefined ? {} : { note: flags.note }
  const proving =
    flags.signature === undefined
      ? provingOf(context, flags)
      : readSigned(context, { signature: flags.signature, statement: flags.statement ?? null })
  await using estate = await openConductor(context)
  if (flags.printStatement) {
    const statement = await estate.conductor.approvalStatement({ plan, ...note })
    return { exit: 0, data: { statement }, text: () => statement }
  }
  const approval = await estate.conductor.approvePlan({ plan, ...note, proving })
  return await judgement(estate, approval)
}

/** @throws ConductError USAGE */
function refuseMixed(flags: Flags): void {
  const ways = [
    flags.sign ? '--sign' : null,
    flags.printStatement ? '--print-statement' : null,
    flags.signature === undefined ? null : '--signature',
  ].filter((way) => way !== null)
  if (ways.length > 1) {
    throw new ConductError('USAGE', `${ways.join(' and ')} contradict each other`, {
      hint: 'Give one of them.',
    })
  }
  if (flags.statement !== undefined && flags.signature === undefined) {
    throw new ConductError('USAGE', '--statement goes with --signature', { hint: 'Add it, or leave it out.' })
  }
  if (flags.note !== undefined && flags.signature !== undefined) {
    throw new ConductError('USAGE', '--note is part of what is signed', {
      hint: 'Give it to --print-statement.',
    })
  }
}
