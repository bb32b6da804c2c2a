import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ConductError } from '@conduct/core'
import { describeStoreUrl } from '@conduct/lanes/engine'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { launch } from '../estate/launch.ts'
import type { Rehearsal } from './import-rehearsal.ts'
import { leftText } from './tour-text.ts'

/**
 * Ends an estate that was kept. Only a folder that is one is removed.
 *
 * @throws ConductError USAGE
 */
export async function stopRehearsal(
  context: CommandContext,
  rehearsal: Rehearsal,
  folder: string,
): Promise<CommandOutcome> {
  const dir = resolve(context.cwd, folder)
  if (!existsSync(join(dir, 'estate.json'))) {
    throw new ConductError('USAGE', `--stop ${folder}: no estate of a rehearsal is there`, {
      hint: 'Name the folder that rehearse --keep printed.',
    })
  }
  const left = await rehearsal.stopEstate(dir)
  await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  return {
    exit: 0,
    data: {
      stopped: dir,
      left: left === null ? null : { store: describeStoreUrl(left.store), estate: left.estateName },
    },
    text: () => `Its servers have ended and ${dir} is removed.\n${left === null ? '' : leftText(left)}`,
    next: `${launch(context, null)} rehearse`,
  }
}
