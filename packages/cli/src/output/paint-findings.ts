import type { Style } from './style.ts'

/** Colours what `renderFindings` drew: severities, places, underlines. The text itself stays as it is. */
export function paintFindings(text: string, style: Style): string {
  if (!style.hasColor) return text
  return text
    .split('\n')
    .map((line) => {
      const heading = /^(error|warning|danger|caution|info) ([A-Z_]+):(.*)$/.exec(line)
      if (heading !== null) {
        const paint = paintOf(heading[1], style)
        return `${paint(style.bold(`${heading[1]} ${heading[2]}`))}:${style.bold(heading[3] ?? '')}`
      }
      if (/^ *(?:-->|:::) /.test(line)) return style.cyan(line)
      const underline = /^( *\| *)([\^-]+)(.*)$/.exec(line)
      if (underline === null) return line
      const paint = underline[2]?.startsWith('^') === true ? style.red : style.cyan
      return `${underline[1]}${paint(`${underline[2]}${underline[3]}`)}`
    })
    .join('\n')
}

function paintOf(severity: string | undefined, style: Style): (text: string) => string {
  if (severity === 'error' || severity === 'danger') return style.red
  return severity === 'info' ? style.cyan : style.yellow
}
