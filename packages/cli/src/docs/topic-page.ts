import { renderTopic } from '../help/topic.ts'
import { topics } from '../help/topics.ts'
import { createStyle } from '../output/style.ts'

/** The pages of `conduct help`, as they are shown. */
export function topicPage(): string {
  const style = createStyle(false)
  const parts = topics.map(
    (topic) => `## ${topic.name}\n\n\`\`\`\n${renderTopic(topic, style).trimEnd()}\n\`\`\`\n`,
  )
  return ['# Topics', '', '`conduct help <page>` shows one of them, as wide as your terminal.', '', ...parts].join(
    '\n',
  )
}
