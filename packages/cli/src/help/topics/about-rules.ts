import { generateJsonSchema } from '@conduct/config'
import { agents as agentHooks, type Because } from '@conduct/guard'
import { rows, text, type Topic, typed } from '../topic.ts'

export const lanesYaml: Topic = {
  name: 'lanes.yaml',
  brief: 'the one file: its keys, and how it is found and checked',
  commands: ['check', 'schema', 'review'],
  blocks: () => [
    text(
      'It is named with -c, or found in this folder or one above it, or named by git config conduct.config. Unknown keys are errors; durations carry a unit (90s, 15m, 4h). Its keys at the top:',
    ),
    rows(...topKeys()),
    text(
      'conduct check says what is wrong, with file, line and column. check --effective prints it with every default filled in. schema prints the JSON Schema with every key, for editors. review says what a change to it means for those who work under it.',
    ),
    typed('conduct check --effective', 'conduct review --base origin/main'),
  ],
}

/** From the schema that also checks the file. */
function topKeys(): readonly (readonly [string, string])[] {
  const { properties } = generateJsonSchema() as {
    readonly properties?: Readonly<Record<string, { readonly description?: string }>>
  }
  return Object.entries(properties ?? {}).map(([key, { description }]) => [key, description ?? ''])
}

const reasons = {
  path: 'a file that was changed matches paths of a lane',
  flag: 'the task carries a flag of a lane, as requires_migration',
  command: 'a command, read as a shell reads it, matches commands of a lane',
  action: 'it is an action of a lane: publish, adopt, deploy, provider_config, env_var',
  smuggled:
    'it changes the schema past its migrations: a schema file that they do not lead to, statements of the schema in a task, models without a migration',
} as const satisfies Record<Because['kind'], string>

export const guarding: Topic = {
  name: 'guarding',
  brief: 'why you were stopped before an edit, and how to go on',
  commands: ['guard', 'guard install', 'guard uninstall'],
  blocks: () => [
    text(
      'The guard asks which lanes a change needs, and whether you hold them. Exit 0: go on. Exit 12: a lane is needed that you do not hold; the message names it, its holder, and what to type. A change that needs no lane never asks the store. Why a lane is needed:',
    ),
    rows(...Object.entries(reasons)),
    text(
      'What could not be resolved (a command with a variable in it, a file that could not be read) counts as a match and is named as such. What to do when stopped: take the lane, or join its line, with the command that is printed, and do the same again when it is yours.',
    ),
    typed(
      'conduct guard                                # what I have changed here',
      'conduct guard --command "rails db:migrate"   # before it is run',
      'conduct guard install --agent claude         # at commit and push, too',
    ),
    text(
      `Agents whose hooks are known: ${agentHooks.map(({ name }) => name).join(', ')}. In CI, guard --ci judges a pull request by its author, its task or a claim that lives with it, never by what its body says.`,
    ),
  ],
}

export const batching: Topic = {
  name: 'batching',
  brief: 'several schema changes in one turn of the migration lane',
  commands: ['batch plan', 'batch why', 'batch write', 'batch verify', 'batch density'],
  blocks: () => [
    text(
      'Branches that change the schema wait for one lane, one after another. A batch lets those share a turn that do not touch each other: it reads their migrations, classes every statement, relates those that meet, and says which go together, in which order, and why.',
    ),
    rows(
      ['batch density', 'how many changes are in flight, and whether it is time to batch'],
      ['batch plan', 'turns, orders and reasons; what conflicts, and what is there twice'],
      ['batch why a b', 'why two are together or apart, with file, line and measured fact'],
      ['batch write', 'one branch with one commit per ticket, under fresh versions; --claim takes the lane'],
      ['batch verify', 'run it, and its tickets one by one, on scratch databases, and compare'],
    ),
    text(
      'What cannot be read is never taken for harmless: it stands apart, and is named. Nothing runs on a database that is in use.',
    ),
  ],
}

export const work: Topic = {
  name: 'work-items',
  brief: 'flag work, move it once, pick up something that nobody blocks',
  commands: ['task next', 'task move', 'task flag', 'task done'],
  blocks: () => [
    text(
      'Work items live in the store, or are the issues of a repo (tasks: in lanes.yaml). Their flags say which lanes they need. A move is guarded: it names the state it expects, and ends as moved, already there, or refused because somebody else was first.',
    ),
    typed(
      'conduct task next                      # needs no lane that others hold',
      'conduct task move ABC-12 --from todo --to doing --only-if-moved',
      'conduct task flag ABC-12 requires_migration',
      'conduct task done ABC-12               # gives its lanes back',
    ),
    text('Two who pick the same item at once: one of them gets it, the other is told who has.'),
  ],
}
