/** Commands written as one text, split into words as a shell would, without anything else that a shell does. */
export type Words =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly problem: string }

const shellOnly = /^(?:&&|\|\|?|;|&|[12&]?>{1,2}(?:&[12])?|<)$/

export function splitWords(text: string): Words {
  const words: string[] = []
  let word = ''
  let isOpen = false
  let isQuoted = false
  let quote: string | null = null
  const finish = (): string | null => {
    if (!isOpen) return null
    if (!isQuoted && shellOnly.test(word)) return word
    words.push(word)
    word = ''
    isOpen = false
    isQuoted = false
    return null
  }
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (quote !== null) {
      if (character === quote) quote = null
      else if (character === '\\' && quote === '"' && /["\\]/.test(text[index + 1] ?? ''))
        word += text[++index] ?? ''
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      isOpen = true
      isQuoted = true
    } else if (character === '\\') {
      if (index + 1 === text.length) return { ok: false, problem: 'ends with a backslash' }
      word += text[++index] ?? ''
      isOpen = true
    } else if (/\s/.test(character)) {
      const operator = finish()
      if (operator !== null) return needsShell(operator)
    } else {
      word += character
      isOpen = true
    }
  }
  if (quote !== null) return { ok: false, problem: `has a quote (${quote}) that is not closed` }
  const operator = finish()
  if (operator !== null) return needsShell(operator)
  if (words.length === 0) return { ok: false, problem: 'has no words' }
  return { ok: true, words }
}

function needsShell(operator: string): Words {
  return { ok: false, problem: `holds "${operator}", which only a shell understands` }
}
