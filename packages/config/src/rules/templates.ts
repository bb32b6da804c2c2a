/** Variables in templates: known, and available where they stand. */
import { nearest } from '@conduct/core'
import type { Cursor } from '../cursor.ts'
import { templatedCommands } from './commands.ts'
import { type RuleContext, spanOfPart } from './rule-context.ts'

const templateVariables = ['sha', 'version', 'previous_sha', 'run', 'repo'] as const
const tagVariables = ['version'] as const

export function checkTemplates(context: RuleContext): void {
  const { root, sink } = context
  for (const command of templatedCommands(root)) checkCommandTemplate(context, command)
  for (const [, train] of root.get('trains').entries()) {
    for (const entry of train.get('producer').get('publish').items()) {
      const tag = entry.get('tag')
      checkText(context, tag, tagVariables)
      if (tag.text() !== null && tag.text() !== '' && !(tag.text() ?? '').includes('{version}')) {
        sink.report('TAG_WITHOUT_VERSION', tag.span, {
          message: `the tag "${tag.text() ?? ''}" does not hold the version`,
        })
      }
    }
    for (const consumer of train.get('consumers').items()) {
      const deploy = consumer.get('deploy')
      const verify = deploy.get('verify')
      checkText(context, verify.get('url'), templateVariables)
      checkText(context, verify.get('expect').get('text'), templateVariables)
      for (const [, value] of verify.get('expect').get('json').entries())
        checkText(context, value, templateVariables)
      const inputs = deploy.get('strategy').get('github_workflow').get('inputs')
      for (const [, value] of inputs.entries()) checkText(context, value, templateVariables)
    }
  }
}

function checkCommandTemplate(context: RuleContext, command: Cursor): void {
  checkText(context, command, templateVariables)
  for (const word of command.get('argv').items()) checkText(context, word, templateVariables)
  const script = command.get('shell')
  // Braces mean much in a shell; there only a near miss of a variable is surely a mistake.
  checkText(context, script, templateVariables, (name) => nearest(name, templateVariables) !== null)
}

function checkText(
  context: RuleContext,
  cursor: Cursor,
  known: readonly string[],
  isMistake: (name: string) => boolean = () => true,
): void {
  for (const match of (cursor.text() ?? '').matchAll(/(?<!\$)\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
    const name = match[1] ?? ''
    if (known.includes(name) || !isMistake(name)) continue
    const near = nearest(name, known)
    const list = known.map((variable) => `{${variable}}`).join(', ')
    context.sink.report('TEMPLATE_UNKNOWN_VARIABLE', spanOfPart(context, cursor, match[0]), {
      message: `unknown template variable ${match[0]}`,
      hint: near === null ? `Known here: ${list}` : `did you mean "{${near}}"? Known here: ${list}`,
    })
  }
}
