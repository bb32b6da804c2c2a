/**
 * The last thing that happens to text before it leaves the process: whatever names, notes and messages of others are
 * in it, it commands neither a terminal nor the CI system that reads its log.
 */

/** Colours of ours pass (`style.ts` knows no others); every other control or direction-changing character does not. */
const commanding =
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  /\u001B(?!\[(?:[12]|22|3[1236]|39)m)|[^\P{Cc}\n\t\u001B]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** GitHub's runner takes these for commands: at the start of a line after any blanks, and anywhere in it. */
// oxlint-disable-next-line no-control-regex -- our own colours may stand in front
const atLineStart = /^((?:\s|\u001B\[\d+m)*)::/gmu
const anywhere = /##\[/g

export function outgoing(text: string, options: { readonly isWorkflowLog: boolean }): string {
  const quiet = text.replace(commanding, '\uFFFD')
  return options.isWorkflowLog ? quiet.replace(atLineStart, '$1: :').replace(anywhere, '## [') : quiet
}

/** JSON that `outgoing` leaves as it is, with the same meaning. */
export function outgoingJson(json: string): string {
  return json
    .replace(
      /[\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(anywhere, String.raw`#\u0023[`)
}
