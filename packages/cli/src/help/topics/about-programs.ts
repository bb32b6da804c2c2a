import { errorCodes, findingCodes, reviewCodes } from '@conduct/core'
import { listExitCodes } from '../exit-meanings.ts'
import { rows, text, type Topic, typed } from '../topic.ts'

export const exitCodesTopic: Topic = {
  name: 'exit-codes',
  brief: 'what a script may conclude from how a command ended',
  commands: ['explain'],
  blocks: () => [
    text(
      'They never change their meaning. With --json the same number stands in exit; ok is true for 0 and 10.',
    ),
    rows(
      ...listExitCodes().map(
        ({ exit, meaning, byThen }) =>
          [`${exit}`, `${meaning} ${exit === 0 ? '' : byThen}`.replaceAll('`', '').trimEnd()] as const,
      ),
    ),
    text(
      'When several fit, 11 always wins; after something irreversible in this run it is 9 for a verification, else 7, and error.code has the cause. exec passes on the exit code of its command once that ran.',
    ),
  ],
}

export const errors: Topic = {
  name: 'errors',
  brief: 'how to read a message, and where every code is explained',
  commands: ['explain', 'check'],
  blocks: () => [
    text(
      `Every message says what happened, where, and what to do next, and has a code that never changes. There are ${Object.keys(errorCodes).length} codes of errors, ${Object.keys(findingCodes).length} of findings about lanes.yaml and ${Object.keys(reviewCodes).length} of consequences of a change to it.`,
    ),
    typed(
      'conduct explain STORE_UNREACHABLE',
      'conduct help STORE_UNREACHABLE      # the same',
      'conduct explain',
    ),
    rows(
      ['error', 'something failed while running; its exit code says what was done by then'],
      ['finding', 'something in lanes.yaml, with file, line and column; errors exit 2, warnings do not'],
      ['consequence', 'what a change to lanes.yaml means; review exits 12 for a danger'],
    ),
    text(
      'In the JSON of a failure: error.code, error.message, error.hint, error.retryable (the same command may succeed later without anybody changing anything), error.irreversible_done, error.next (the complete command to type).',
    ),
  ],
}

export const agents: Topic = {
  name: 'agents',
  brief: 'working here as a coding agent, or writing one that does',
  commands: ['guard install', 'task next', 'lane acquire', 'lane show'],
  blocks: () => [
    text(
      'Say who you are in every command, and be the same one each time: --as agent:carl-3. Several agents under one login are told apart by their working tree, or by CONDUCT_SESSION where they share one. Add --json: one document on stdout, and the exit code says how to read it. No command asks a question.',
    ),
    rows(
      ['1 find work', 'conduct task next --json; the document has the move that takes it'],
      ['2 ask before you act', 'conduct guard --command "…" --json, or let guard install --agent do it'],
      ['3 exit 12', 'a lane is needed: run the command of error.next, or of Next:'],
      ['4 exit 10', 'somebody has it: you are in line. Pick up something else (task next), and come back'],
      ['5 exit 30', 'nothing is known, neither held nor free: the same command again, later, is safe'],
      ['6 done', 'conduct task done gives back the lanes of the task; lane release gives back one'],
    ),
    text(
      'A claim with --keep or --until-merged outlives the command that took it; each guard or lane command of yours renews it, too. Never work around a refusal (another name, --no-verify): what keeps you out keeps others out while you work. An agent never approves a plan, and never force-releases what it does not captain.',
    ),
    typed('conduct --as agent:carl-3 lane acquire schema --repo shop --keep --json'),
  ],
}

export const promises: Topic = {
  name: 'promises',
  brief: 'what conduct never does, whatever happens',
  commands: ['rehearse', 'doctor'],
  blocks: () => [
    rows(
      ['one at a time', 'no two holders whose resources overlap, whatever crashes, pauses or clocks do'],
      ['held is an answer', 'and never looks like "the store cannot be reached"'],
      ['nothing is lost in line', 'every claim ends in exactly one named outcome'],
      ['crash anywhere', 'resume finishes the run; nothing is published or deployed twice'],
      ['look before you act', 'and stop where the world is neither as expected nor at the goal'],
      ['gates first', 'every check before the first irreversible step'],
      ['absent is not green', 'what could not be read is unknown, is named, and stops what is irreversible'],
      ['approval of a plan', 'it counts for that plan alone'],
      ['your checkout', 'is never touched'],
      ['a dry run', 'cannot write: the same code, without the ability to act'],
      ['messages', 'say what happened, where, and what to do next'],
      ['machines', '--json everywhere, exit codes that stay, no prompts, no secrets in any output'],
    ),
  ],
}
