/**
 * Lines of a lanes.yaml with comments. Whatever comes from others is one scalar or part of one comment line: it can
 * neither end the line it stands on, nor begin another.
 */
import { findSecrets } from '@conduct/config'
import { printableLine } from '@conduct/core'
import { stringify } from 'yaml'

const widthMax = 110

/** Plain also within brackets, and neither a number, a date nor a word that YAML means something by. */
const plainForms = [
  // A name, a path, or words of a command.
  /^(?:\.{0,2}\/)?[A-Za-z_][\w./+-]*(?: [\w./+=-]+)*$/,
  // An address.
  /^(?:[a-z][a-z+]*:\/\/\/?|[\w.-]+@)[\w.-]+(?::[\w.~-]+)?(?:\/[\w.~-]+)*$/i,
  /^\.$/,
]
const wordsOfYaml = /^(?:true|false|null|yes|no|on|off|y|n)$/i

/** A text as a scalar that reads back as exactly that text. */
export function scalar(text: string): string {
  if (plainForms.some((form) => form.test(text)) && !wordsOfYaml.test(text)) return text
  const quoted = stringify(text, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trimEnd()
  return quoted.replaceAll(unseen, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** YAML takes them as they are; whoever reads the file would not see them, or see something else. */
const unseen = /[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g

/** The same for a command on a line of its own, where `{sha}` needs no quotes. */
export function commandScalar(text: string): string {
  return /^[A-Za-z_][\w./-]*(?: [\w./={}-]+)+$/.test(text) ? text : scalar(text)
}

/** `[a, "b c"]` */
export function list(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(', ')}]`
}

/** Words of others in a comment: one line, nothing that a terminal obeys, nothing that looks like a secret. */
export function shown(text: string): string {
  const line = printableLine(text)
  return findSecrets(line).length > 0 ? '(something that looks like a secret)' : line
}

/** Comment lines of at most `widthMax` columns, indented by `indent`. */
export function comment(text: string, indent = 0, hanging = ''): readonly string[] {
  const room = widthMax - indent - '# '.length
  const lines: string[] = []
  let line = ''
  for (const word of shown(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = `${hanging}${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => `${' '.repeat(indent)}# ${each}`.trimEnd())
}

export function indented(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))
}

/** Lines that are only proposed: taking `# ` away where it stands first makes them count. */
export function proposed(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `# ${line}`)
}

/** A line with a remark behind it, or above it where both are too long for one. */
export function remarked(line: string, remark: string): readonly string[] {
  const one = `${line}  # ${shown(remark)}`
  return one.length <= widthMax ? [one] : [...comment(remark), line]
}
