/** Of what git wrote, the line that says why it gave up; what it adds below explains that. Else the last line. */
export function complaintIn(text: string): string {
  const lines = text.trimEnd().split('\n')
  return lines.find((line) => line.startsWith('fatal: ')) ?? lines.at(-1) ?? ''
}
