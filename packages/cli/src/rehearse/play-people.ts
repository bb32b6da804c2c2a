import type { RunRecord } from '@conduct/core'
import type { Estate } from '@conduct/rehearsal'
import type { CommandContext } from '../command.ts'
import { conductChild } from './conduct-child.ts'

/** A full rehearsal needs an approval and the word of a maintainer; more often nobody has to act. */
export const movesMax = 6

/**
 * Does what another person of the estate has to do before the run goes on, as they would: carl signs the plan with
 * his key, the maintainer types what was printed and their second factor.
 *
 * @returns false when nobody here can help.
 */
export async function playPeople(
  context: CommandContext,
  options: {
    readonly estate: Estate
    readonly record: RunRecord
    readonly env: Readonly<Record<string, string>>
  },
): Promise<boolean> {
  const { estate, record, env } = options
  const { people } = estate
  if (people === null) return false
  const waitsFor = record.stop?.code
  if (waitsFor === 'APPROVAL_MISSING') {
    const who = ['-c', estate.lanesYamlPath, '--as', `cli:${people.approver}`]
    const note = 'looked at the plan'
    const words = ['approve', record.run, '--sign', '--key', people.keyFile, '--note', note]
    const end = await conductChild(context, { args: [...who, ...words], env })
    return end.exit === 0
  }
  if (waitsFor !== 'STAGE_APPROVAL_MISSING') return false
  const commands = stageCommands(record.next)
  for (const command of commands) await people.approveStaged(command)
  return commands.length > 0
}

/** What a maintainer types, up to our own command: `npm stage approve … && conduct resume …`. */
function stageCommands(next: string | null): readonly (readonly string[])[] {
  return (next ?? '')
    .split(' && ')
    .map((command) => command.split(' '))
    .filter((words) => words.includes('stage'))
}
