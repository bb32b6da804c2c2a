import type { Style } from '../output/style.ts'
import { hangWords, wrapWords } from '../output/wrap-words.ts'

/** A page of `conduct help <topic>`: short, for whoever is new here, person or agent. */
export interface Topic {
  readonly name: string
  readonly brief: string
  /** Their help names this page. */
  readonly commands: readonly string[]
  readonly blocks: () => readonly Block[]
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly [left: string, right: string])[] }
  /** Lines as they are typed. */
  | { readonly kind: 'typed'; readonly lines: readonly string[] }

export const text = (words: string): Block => ({ kind: 'text', text: words })
export const rows = (...all: readonly (readonly [string, string])[]): Block => ({ kind: 'rows', rows: all })
export const typed = (...lines: readonly string[]): Block => ({ kind: 'typed', lines })

/** Where there is no terminal: as wide as the docs. */
const columnsDefault = 100
const columnsMax = 110
const columnsMin = 50
const besideMin = 40

export function renderTopic(topic: Topic, style: Style): string {
  const width = Math.max(columnsMin, Math.min(style.width ?? columnsDefault, columnsMax))
  const blocks = topic.blocks().map((block) => renderBlock(block, { style, width }))
  const more = topic.commands.map((name) => `conduct ${name} --help`).join(', ')
  const last = more === '' ? [] : [`${wrapWords(`See also: ${more}`, width).join('\n')}\n`]
  const title = wrapWords(`${style.bold(topic.name)}: ${topic.brief}`, width).join('\n')
  return [`${title}\n`, ...blocks, ...last].join('\n')
}

function renderBlock(
  block: Block,
  { style, width }: { readonly style: Style; readonly width: number },
): string {
  switch (block.kind) {
    case 'text':
      return `${wrapWords(block.text, width).join('\n')}\n`
    case 'typed':
      return block.lines.map((line) => `  ${style.cyan(line)}\n`).join('')
    case 'rows': {
      const left = Math.max(...block.rows.map(([name]) => name.length))
      // Where it would be squeezed, what stands on the right stands below.
      const isBeside = width - left >= besideMin
      return block.rows
        .map(([name, what]) => {
          const at = isBeside ? left + 4 : 6
          const gap = isBeside ? '  ' : `\n${' '.repeat(at)}`
          const shown = style.cyan(isBeside ? name.padEnd(left) : name)
          return `  ${shown}${gap}${hangWords(what, { at, width })}\n`
        })
        .join('')
    }
    default:
      return block satisfies never
  }
}
