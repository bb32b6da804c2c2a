/** Every command of the file, with the path that leads to it. Commands are split into words, without a shell. */
import type { Cursor } from '../cursor.ts'
import { splitWords } from '../words.ts'
import { oneOrMany, type RuleContext } from './rule-context.ts'

export function checkCommands(context: RuleContext): void {
  const { root } = context
  for (const [, repo] of root.get('repos').entries()) {
    for (const key of ['setup', 'checks'])
      for (const cursor of oneOrMany(repo.get(key))) checkCommand(context, cursor)
  }
  for (const cursor of templatedCommands(root)) checkCommand(context, cursor)
  for (const [, lane] of root.get('lanes').entries())
    checkCommand(context, lane.get('batching').get('verify'))
  checkCommand(context, root.get('notify').get('command'))
}

/** Commands of trains: these get {sha} and the other variables. */
export function templatedCommands(root: Cursor): readonly Cursor[] {
  return root
    .get('trains')
    .entries()
    .flatMap(([, train]) => [
      ...train.get('producer').get('publish').items().flatMap(acting),
      ...train.get('consumers').items().flatMap(commandsOfConsumer),
    ])
    .filter((cursor) => cursor.exists)
}

function commandsOfConsumer(consumer: Cursor): readonly Cursor[] {
  const deploy = consumer.get('deploy')
  return [
    ...acting(consumer.get('adopt')),
    ...consumer
      .get('configure')
      .items()
      .flatMap((step) => ['observe', 'apply', 'undo'].map((key) => step.get(key))),
    ...['run', 'previous', 'rollback'].map((key) => deploy.get(key)),
    ...oneOrMany(deploy.get('after')),
  ]
}

function acting(entry: Cursor): readonly Cursor[] {
  return [entry.get('command'), entry.get('observe')]
}

function checkCommand({ sink }: RuleContext, cursor: Cursor): void {
  const text = cursor.text()
  if (text === null || text === '') return
  const split = splitWords(text)
  if (!split.ok) sink.report('COMMAND_INVALID', cursor.span, { message: `the command ${split.problem}` })
}
