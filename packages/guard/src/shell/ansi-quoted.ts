/** `$'…'` with the escapes of C. Source: bash's manual, "ANSI-C Quoting". */
export const ansiQuoted = /^\$'((?:[^'\\]|\\[^])*)'/

const escape = /\\(x[0-9a-f]{1,2}|u[0-9a-f]{1,4}|[0-7]{1,3}|[^])/gi

export function unescapeAnsi(text: string): string {
  return text.replaceAll(escape, (_, escaped: string) => unescaped(escaped))
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  e: '\u001B',
  b: '\b',
}

function unescaped(text: string): string {
  if (/^[xu]./i.test(text)) return String.fromCodePoint(Number.parseInt(text.slice(1), 16))
  if (/^[0-7]/.test(text)) return String.fromCodePoint(Number.parseInt(text, 8))
  return escapes[text] ?? text
}
