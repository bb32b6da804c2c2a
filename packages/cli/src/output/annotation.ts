/** A remark that the runner of GitHub shows at a line of a file. Source: GitHub's "Workflow commands". */
export interface Annotation {
  readonly severity: 'error' | 'warning'
  readonly title: string
  readonly message: string
  readonly file?: string
  readonly line?: number
}

export function workflowCommand({ severity, title, message, file, line }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`, `line=${line ?? 1}`]),
    `title=${escapeProperty(title)}`,
  ]
  return `::${severity} ${properties.join(',')}::${escapeText(message)}\n`
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
