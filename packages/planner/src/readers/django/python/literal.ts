const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
}

/** The text of a literal; null for what is none: bytes, or an escape that is not read. */
export function textOfLiteral(literal: string): string | null {
  const [, prefix = '', quote = '', body = ''] = /^([a-zA-Z]*)('''|"""|'|")([\s\S]*)\2$/.exec(literal) ?? []
  if (quote === '' || /[bf]/i.test(prefix)) return null
  if (/r/i.test(prefix)) return body
  let isRead = true
  const text = body.replaceAll(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|[\s\S])/g,
    (whole: string, escape: string) => {
      if (escape.length > 1) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16))
      if (/[\dNUxu]/.test(escape) && escape !== '0') isRead = false
      return escapes[escape] ?? whole
    },
  )
  return isRead ? text : null
}

export function numberOfLiteral(literal: string): number | null {
  const number = Number(literal.replaceAll('_', '').replace(/^0[oO]/, '0o'))
  return Number.isNaN(number) ? null : number
}
