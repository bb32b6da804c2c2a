import { resolve } from 'node:path'
import { ConductError, exitCodes } from '@conduct/core'
import { type ExportResult, exportEstate, storeAddress, storePlace } from '@conduct/lanes/engine'
import { textValue } from '../../arguments/values.ts'
import type { CommandOutcome, CommandRun, CommandSpec } from '../../command.ts'
import { type Estate, openEstate } from '../../estate/open-estate.ts'
import { movingEstate } from '../../lane/moving.ts'
import { holderText, resourcesText } from '../../lane/text.ts'
import { toWireHolder } from '../../lane/wire.ts'
import { quoteWord } from '../../quote-word.ts'

export type Flags = { readonly output: string; readonly movingTo: string }

export const spec: CommandSpec<Flags, []> = {
  description: [
    'For a captain of any lane. Moves an estate to another store, in three steps: this command, the new address under store: in lanes.yaml, then lane import. Refused while anything is held or offered; whoever waits travels along in line.',
    'Every lane is sealed: from then on whoever still has the old lanes.yaml is told the new address (STORE_MOVED). The file holds all documents, histories, journals, plans and approvals, with a hash over all of it. Interrupted, type it again: sealed lanes give the same content.',
  ],
  parameters: {
    flags: {
      output: {
        kind: 'parsed',
        parse: textValue,
        placeholder: 'file',
        brief: 'The file to write (mode 600)',
      },
      movingTo: {
        kind: 'parsed',
        parse: textValue,
        placeholder: 'address',
        brief: 'Address of the new store, as store: of lanes.yaml will have it',
      },
    },
    aliases: { o: 'output' },
    positional: { kind: 'tuple', parameters: [] },
  },
  examples: [
    [
      'lane export -o acme.lanes --moving-to postgres://db.example/conduct',
      'seal all lanes and write the file',
    ],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  await using estate = await openEstate(context)
  const path = resolve(context.cwd, flags.output)
  const movingTo = storeAddress(flags.movingTo, { estate: estate.config.estate, env: context.env })
  if (storePlace(movingTo) === storePlace(estate.store.url)) {
    throw new ConductError('USAGE', 'the lanes are in that store already', {
      hint: 'Name another store with --moving-to.',
    })
  }
  const result = await exportEstate({ ...movingEstate(estate), path, movingTo })
  return result.outcome === 'held' ? held(estate, result) : exported(estate, { result, path, movingTo })
}

function exported(
  estate: Estate,
  options: {
    readonly result: Extract<ExportResult, { outcome: 'exported' }>
    readonly path: string
    readonly movingTo: string
  },
): CommandOutcome {
  const { result, path, movingTo } = options
  const { lanes, waiting, documents, records, sha256 } = result
  const line = waiting === 0 ? '' : `; ${waiting} in line travel along`
  return {
    exit: exitCodes.done,
    data: {
      outcome: 'exported',
      file: path,
      sha256,
      moving_to: movingTo,
      lanes,
      documents,
      records,
      waiting,
    },
    text: (style) =>
      `${style.green('✔')} ${path} holds ${lanes.length} lanes, ${documents} documents and ${records} records${line}.\n` +
      `The lanes are sealed: everybody is told that they moved to ${movingTo}.\n` +
      `Put that address under store: in ${estate.configAddress}, then import the file.\n`,
    next: `${estate.launcher} lane import ${quoteWord(path)}`,
  }
}

function held(estate: Estate, { holders }: Extract<ExportResult, { outcome: 'held' }>): CommandOutcome {
  const runs = [...new Set(holders.flatMap((holder) => holder.run ?? []))]
  const [first] = runs
  return {
    exit: exitCodes.held,
    data: {
      outcome: 'refused',
      holders: holders.map((holder) => ({ lane: holder.lane, ...toWireHolder(holder), kept: holder.kept })),
    },
    text: (style) => {
      const lines = holders.map((holder) => {
        const kept = holder.kept === null ? '' : `, kept: ${holder.kept}`
        return `${holder.lane} ${resourcesText(holder.resources)} is ${style.yellow('held')} by ${holderText(holder)}${kept}.\n`
      })
      const advice = runs.map(
        (id) =>
          `Finish run ${id} first: ${estate.launcher} resume ${id}, or ${estate.launcher} abort ${id}\n`,
      )
      return `${[...lines, ...advice].join('')}Nothing was sealed or written.\n`
    },
    next: first === undefined ? `${estate.launcher} lane list` : `${estate.launcher} resume ${first}`,
  }
}
