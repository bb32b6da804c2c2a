import { resolve } from 'node:path'
import { importEstate, takeBackEstate } from '@conduct/lanes/engine'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { openEstate } from '../../estate/open-estate.ts'
import { movingEstate } from '../../lane/moving.ts'

export type Flags = { readonly takeBack?: boolean }

export const spec: CommandSpec<Flags, [file: string]> = {
  description: [
    'For a captain of any lane. Brings what lane export wrote into the store that lanes.yaml names now, which has to be the one it was sealed for. Every lane goes on with its line and its history, under tokens above all before. Nothing that lives in this store already is replaced. Interrupted, type it again: it does what is left.',
    '--take-back opens the old store again, when the file was imported nowhere.',
  ],
  parameters: {
    flags: {
      takeBack: {
        kind: 'boolean',
        optional: true,
        brief: 'Stay in the store it was exported from; only if it was never imported',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: textValue, placeholder: 'file', brief: 'What lane export wrote' }],
    },
  },
  examples: [
    ['lane import acme.lanes', 'go on in the new store'],
    ['lane import acme.lanes --take-back', 'stay where we were after all'],
  ],
}

export const run: CommandRun<Flags, [file: string]> = async (context, flags, file) => {
  await using estate = await openEstate(context)
  const path = resolve(context.cwd, file)
  const options = { ...movingEstate(estate), path }
  const next = `${estate.launcher} lane list`
  if (flags.takeBack === true) {
    const { lanes } = await takeBackEstate(options)
    return {
      exit: 0,
      data: { outcome: 'taken_back', file: path, lanes },
      text: (style) => `${style.green('✔')} ${lanes.length} lanes go on in this store.\n`,
      next,
    }
  }
  const { outcome, from, lanes, documents, records, sha256 } = await importEstate(options)
  const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0)
  return {
    exit: 0,
    data: { outcome, file: path, sha256, from, lanes, documents, records },
    text: (style) =>
      outcome === 'already'
        ? 'It was imported before; nothing was left to do.\n'
        : `${style.green('✔')} ${lanes.length} lanes go on in this store, with ${documents} documents and ${records} records from ${from}${waiting === 0 ? '' : `; ${waiting} in line`}.\n`,
    next,
  }
}
