import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'

/**
 * What the runner of GitHub hands to a step and takes from it, and nothing of Conduct. No dependency: these files run as they lie
 * in the repository, without an installation.
 * Source: GitHub's "Workflow commands" and "Metadata syntax reference".
 */
type Environment = Readonly<Record<string, string | undefined>>

/** As an action gets it, or as the composite steps here pass it on; empty when it was not given. */
export function input(name: string, env: Environment = process.env): string {
  return (env[`INPUT_${name.toUpperCase()}`] ?? '').trim()
}

/** `true` or `false`. @throws for anything else */
export function flagInput(name: string, env: Environment = process.env): boolean {
  const text = input(name, env)
  if (text !== 'true' && text !== 'false' && text !== '')
    throw new Error(`${name} is true or false, not ${text}`)
  return text === 'true'
}

/** Words between spaces, commas or line ends. */
export function listInput(name: string, env: Environment = process.env): readonly string[] {
  return input(name, env)
    .split(/[\s,]+/)
    .filter((word) => word !== '')
}

export function setOutputs(outputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(outputs)) append('GITHUB_OUTPUT', entry(name, value))
}

/** What the post step finds again. The last one that was saved counts. */
export function saveState(name: string, value: string): void {
  append('GITHUB_STATE', entry(name, value))
}

export function savedState(name: string, env: Environment = process.env): string {
  return env[`STATE_${name}`] ?? ''
}

/** For all later steps of the job. */
export function exportVariable(name: string, value: string): void {
  append('GITHUB_ENV', entry(name, value))
}

export function addSummary(markdown: string): void {
  append('GITHUB_STEP_SUMMARY', `${markdown.trimEnd()}\n\n`)
}

export interface Remark {
  readonly severity: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** Shown in the log, on the page of the run, and where it has one at its place in the file. */
export function remark({ severity, title, message, file, line, column }: Remark): void {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    `title=${escapeProperty(title)}`,
  ]
  process.stdout.write(`::${severity} ${properties.join(',')}::${escapeText(message)}\n`)
}

/** Words for the log. A line of somebody else's that looks like a command of the runner is none. */
export function say(text: string): void {
  process.stdout.write(`${text.replaceAll(/^(\s*)(::|##\[)/gm, '$1\u200B$2')}\n`)
}

/** The heredoc form, with an end that no value can hold. */
function entry(name: string, value: string): string {
  const end = `end-${randomUUID()}`
  return `${name}<<${end}\n${value}\n${end}\n`
}

function append(variable: string, text: string): void {
  const path = process.env[variable] ?? ''
  if (path === '') throw new Error(`${variable} is not set: this runs as a step of GitHub Actions`)
  appendFileSync(path, text)
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
