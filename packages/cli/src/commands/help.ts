import { ConductError, nearest } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandOutcome, CommandRun, CommandSpec, NoFlags } from '../command.ts'
import { commandEntries, nounBriefs } from '../commands.ts'
import { launcherOf } from '../estate/launch.ts'
import { explanationText, listExplanations } from '../help/explanations.ts'
import { renderTopic, type Topic } from '../help/topic.ts'
import { topics } from '../help/topics.ts'
import { createStyle } from '../output/style.ts'

export const spec: CommandSpec<NoFlags, readonly string[]> = {
  description: [
    'Without a word: all commands and all pages. With the words of a command: its help, as --help shows it. With a code: what it means, as explain says it.',
  ],
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: textValue,
        placeholder: 'page, command or code',
        brief: `One of the pages ${topics.map(({ name }) => name).join(', ')}; a command, as in lane acquire; or a code`,
      },
    },
  },
  examples: [
    ['help', 'what there is'],
    ['help lanes', 'what a lane is, and how to take one'],
    ['help agents --json', 'how an agent works here, for an agent'],
    ['help STORE_UNREACHABLE', 'what a code means and what to do'],
  ],
}

export const run: CommandRun<NoFlags, readonly string[]> = async (context, _flags, ...words) => {
  const asked = words.join(' ')
  const topic = topics.find(({ name }) => name === asked.toLowerCase())
  if (topic !== undefined) return topicOutcome(topic)
  const isCommand = commandEntries.some(({ name }) => name === asked) || asked in nounBriefs
  if (words.length === 0 || isCommand) {
    return commandOutcome(isCommand ? asked : null, launcherOf(context))
  }
  const explanation = listExplanations().find(({ code }) => code === asked.toUpperCase())
  if (explanation === undefined) throw unknownPage(asked)
  return { exit: 0, data: { explanation }, text: (style) => explanationText(explanation, style) }
}

function topicOutcome(topic: Topic): CommandOutcome {
  const { name, brief, commands } = topic
  const plain = createStyle(false)
  return {
    exit: 0,
    data: { page: { name, brief, text: renderTopic(topic, plain), commands } },
    text: (style) => renderTopic(topic, style),
  }
}

async function commandOutcome(command: string | null, launcher: string): Promise<CommandOutcome> {
  const { loadHelp, withLauncher } = await import('../help.ts')
  const render = await loadHelp(command)
  const lists = {
    commands: commandEntries.map(({ name, brief }) => ({ name, brief })),
    pages: topics.map(({ name, brief }) => ({ name, brief })),
  }
  return {
    exit: 0,
    data: { help: render(createStyle(false)), ...(command === null ? lists : {}) },
    text: (style) => withLauncher(render(style), launcher),
  }
}

/** Near in spelling, or by the word it begins with: whoever types `lane` or `exit` means one of them. */
function unknownPage(asked: string): ConductError {
  const names = [...topics.map(({ name }) => name), ...commandEntries.map(({ name }) => name)]
  const codes = listExplanations().map(({ code }) => code)
  const word = asked.toLowerCase()
  const alike = [
    nearest(word, names),
    nearest(asked.toUpperCase(), codes),
    ...names.filter((name) => name.startsWith(word) || (word.length > 3 && name.includes(word))),
  ].filter((name) => name !== null)
  const guesses = [...new Set(alike)].slice(0, guessesMax)
  const guess = guesses.length === 0 ? '' : `Did you mean ${guesses.join(', ')}? `
  return new ConductError('USAGE', `there is no page, command or code ${JSON.stringify(asked)}`, {
    hint: `${guess}Pages: ${topics.map(({ name }) => name).join(', ')}; conduct help lists the commands, too.`,
  })
}

const guessesMax = 4
