import { type AgentName, agentNames } from '@conduct/guard'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { loadConfig } from '../estate/load-config.ts'
import { answerAgent } from '../guard/agent-hook.ts'
import { guardAnswer } from '../guard/answer.ts'
import { countCandidates } from '../guard/count-candidates.ts'
import { decide } from '../guard/decide.ts'
import { type ChangeFlags, changeFlags, checkFlags } from '../guard/flags.ts'
import { readChange } from '../guard/read-change.ts'
import { findSmuggling } from '../guard/smuggling.ts'

export type Flags = ChangeFlags & {
  readonly hook?: AgentName
  readonly ci: boolean
  readonly pullRequest?: string
}

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Says which lanes a change needs by the triggers of lanes.yaml, because of which rule and match, and refuses (exit 12) where you do not hold one of them: with its holder, and the command that takes it or joins its line. Without flags, what is not committed yet.',
    'A command line is read as a shell reads it, through lists, pipes, substitutions, sh -c, env, sudo, bundle exec, npx and their like. What only a running shell could tell is said, and counts as if it matched.',
    'A change that needs no lane never asks the store, unless it meets a candidate. Where one is needed and the store cannot be reached, that is exit 30 (store_policy: closed); with store_policy: open it passes, is noted in your state folder, and is brought into the history of the lane by the next command that reaches the store. Leases of yours that are met on the way are renewed once that is due.',
    'It also finds what is smuggled, and counts it as needing the lanes with batching: a schema file that is not what its migrations lead to, statements of the schema in tasks, seeds and programs, models without their migration, another version of a library that brings migrations, the schema of a second database, a migration whose task (--task, --flag) does not say that there is one, and one that a batch has already. What could not be read is named, and stops nobody.',
    'What is staged, pushed, of a branch or of a pull request and meets a candidate of lanes.yaml is counted in the store: two people who change its paths in one repository within 24 hours, neither of whom builds on what the other made, are a conflict, counted once however often a hook looks. Nothing is enforced, and a store that does not answer is no failure. conduct lane stats shows what was counted.',
  ],
  parameters: {
    flags: {
      ...changeFlags,
      hook: {
        kind: 'enum',
        values: agentNames,
        optional: true,
        brief:
          'Answer a coding agent that is about to use a tool: its JSON on standard input, the decision on standard output',
      },
      ci: {
        kind: 'boolean',
        brief:
          'Judge a pull request: for its author, its task and what lives with it, by what the forge says; with annotations and a commit status',
      },
      pullRequest: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'pull request',
        brief: 'With --ci: which one (shop#12). Default: the one that this job is about',
      },
    },
  },
  examples: [
    ['guard', 'what is not committed yet'],
    ['guard --staged', 'what the next commit changes, as the pre-commit hook asks'],
    ['guard --base origin/main', 'what this branch changed'],
    ['guard --command "bin/rails g migration AddX"', 'before it runs'],
    ['guard --action deploy --json', 'for a script that is about to deploy'],
    ['guard --ci', 'in a job of a pull request, and again in its merge queue'],
    ['guard --flag requires_migration --task ABC-12', 'before work on a flagged task begins'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  checkFlags(flags)
  if (flags.hook !== undefined) return answerAgent(context, { name: flags.hook, flags })
  const loaded = await loadConfig(context)
  if (flags.ci) {
    const { judgePullRequest } = await import('../guard/judge-pull-request.ts')
    return judgePullRequest(context, loaded, flags)
  }
  const read = readChange(context, loaded, flags)
  const smuggling = await findSmuggling({ context, loaded, read, flags })
  const decision = await decide(context, loaded, { ...read, smuggling })
  const candidates = await countCandidates({ context, loaded, read, decision })
  return guardAnswer({ context, loaded, read, decision, smuggling, candidates, task: flags.task })
}
