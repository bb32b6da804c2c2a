import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { ConductError, exitCodes, isConductError } from '@conduct/core'
import { type AgentName, agents, type AgentProtocol, type AgentRequest } from '@conduct/guard'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { loadConfig } from '../estate/load-config.ts'
import { createStyle } from '../output/style.ts'
import { guardAnswer } from './answer.ts'
import { decide } from './decide.ts'
import type { ChangeFlags } from './flags.ts'
import { type ReadChange, readChange } from './read-change.ts'
import { noSmuggling } from './smuggling.ts'

/**
 * Answers an agent that is about to use a tool, in its own words: one JSON document in, one out. Allowed is `{}`: what the agent
 * itself would ask its person stays asked.
 *
 * @throws ConductError GUARD_HOOK_INPUT (exit 2: every agent takes that for a no)
 */
export async function answerAgent(
  context: CommandContext,
  { name, flags }: { readonly name: AgentName; readonly flags: ChangeFlags },
): Promise<CommandOutcome> {
  const agent = agents.find((each) => each.name === name)
  if (agent === undefined) throw new ConductError('USAGE', `there is no agent ${name}`)
  const request = readRequest(agent)
  const here = { ...context, cwd: folderOf(request, context.cwd) }
  const answer = await judge(here, request, flags)
  if (answer === null || answer.exit === exitCodes.done)
    return printed({ document: {}, exit: exitCodes.done })
  const reason = `${answer.text(createStyle(false, null))}${answer.next == null ? '' : `Next: ${answer.next}`}`
  return printed(agent.deny(`conduct guard refuses this. ${reason}`.trim()))
}

function readRequest(agent: AgentProtocol): AgentRequest {
  let document: unknown
  try {
    document = JSON.parse(readFileSync(0, 'utf8'))
  } catch (cause) {
    throw new ConductError('GUARD_HOOK_INPUT', 'what came on standard input is no JSON', { cause })
  }
  const request = agent.read(document)
  if (request !== null) return request
  throw new ConductError('GUARD_HOOK_INPUT', `what came on standard input is no question of ${agent.name}`)
}

function folderOf({ cwd }: AgentRequest, otherwise: string): string {
  return cwd !== null && statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true ? cwd : otherwise
}

/** Null: no lanes.yaml reaches this folder, so nobody has said that anything here needs a lane. */
async function judge(
  context: CommandContext,
  request: AgentRequest,
  flags: ChangeFlags,
): Promise<CommandOutcome | null> {
  try {
    const loaded = await loadConfig(context)
    const asked = { ...flags, command: [...(flags.command ?? []), ...request.commands] }
    const read = withFiles(readChange(context, loaded, asked), request.files, context.cwd)
    const decision = await decide(context, loaded, { ...read, smuggling: noSmuggling })
    return guardAnswer({
      context,
      loaded,
      read,
      decision,
      smuggling: noSmuggling,
      candidates: [],
      task: flags.task,
    })
  } catch (error) {
    if (isConductError(error, 'CONFIG_NOT_FOUND') && context.global.config === undefined) return null
    throw error
  }
}

function withFiles(read: ReadChange, files: readonly string[], cwd: string): ReadChange {
  const { top } = read.repository
  if (top === null) return read
  const inside = files
    .map((file) => relative(top, isAbsolute(file) ? file : resolve(cwd, file)))
    .filter((path) => !path.startsWith('..') && !isAbsolute(path))
  return { ...read, change: { ...read.change, paths: [...read.change.paths, ...inside] } }
}

function printed({ document, exit }: { readonly document: object; readonly exit: number }): CommandOutcome {
  return { exit, data: document, text: () => `${JSON.stringify(document)}\n` }
}
