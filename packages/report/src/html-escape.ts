/** HTML that knows that it is HTML: whatever else is put into a template is escaped. */
export interface Html {
  readonly html: string
}

export function html(parts: TemplateStringsArray, ...values: readonly (Html | string)[]): Html {
  const filled = parts.map((part, index) => {
    const value = values[index]
    if (value === undefined) return part
    return part + (typeof value === 'string' ? escapeHtml(value) : value.html)
  })
  return { html: filled.join('') }
}

export function join(pieces: readonly (Html | string)[]): Html {
  return {
    html: pieces.map((piece) => (typeof piece === 'string' ? escapeHtml(piece) : piece.html)).join(''),
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** Safe in text and in quoted attributes; characters that no page may hold, or that reorder text, become visible. */
function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"'`]/g, (character) => entities[character] ?? character)
    .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
}
