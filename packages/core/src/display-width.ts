/**
 * Text as a terminal shows it: how many columns it takes, and what must not reach the terminal as it is.
 * Tabs become spaces, control and direction-changing characters become visible stand-ins.
 */
const tabWidth = 4
// Made on first use: it takes longer to make than most commands take to run.
let segmenter: Intl.Segmenter | null = null
// Fullwidth and wide blocks of Unicode's East Asian Width; emoji come by their own property.
const widePattern =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u
const unprintablePattern = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u
const invisiblePattern = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** One shown character: where it came from (UTF-16 offset), what to print, how many columns that takes. */
export interface ShownCharacter {
  readonly offset: number
  readonly text: string
  readonly width: number
}

export function showCharacters(line: string): readonly ShownCharacter[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return [...segmenter.segment(line)].map(({ segment, index }) => {
    if (segment === '\t') return { offset: index, text: ' '.repeat(tabWidth), width: tabWidth }
    if (unprintablePattern.test(segment)) return { offset: index, text: '\uFFFD', width: 1 }
    if (invisiblePattern.test(segment)) return { offset: index, text: segment, width: 0 }
    return { offset: index, text: segment, width: widePattern.test(segment) ? 2 : 1 }
  })
}

export function displayWidth(text: string): number {
  return showCharacters(text).reduce((sum, character) => sum + character.width, 0)
}
