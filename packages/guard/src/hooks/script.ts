/**
 * What stands in hooks of git: the same text on every machine. How conduct is started here is in the repository's own
 * configuration (`conduct.launcher`); without it a hook lets everything pass.
 */
export const hookNames = ['pre-commit', 'pre-push'] as const
export type HookName = (typeof hookNames)[number]

/** Behind the name of a hook: what stood there before ours. */
export const keptSuffix = '.before-conduct'

const ownMark = '# conduct guard: this hook is written and removed by conduct guard install and uninstall.'
const blockBegin = '# >>> conduct guard >>>'
const blockEnd = '# <<< conduct guard <<<'

/** A hook of our own, in a folder that is only git's: what stood there before runs after it, with the same input. */
export function ownHook(hook: HookName): string {
  const head = `#!/bin/sh\n${ownMark}\n# What stood here before is called ${hook}${keptSuffix}, and runs after it.\n`
  const ask = `conduct_launcher=$(git config --get conduct.launcher || :)\nkept=$0${keptSuffix}\n`
  if (hook === 'pre-commit') {
    return `${head}${ask}if [ -n "$conduct_launcher" ]; then
  sh -c "$conduct_launcher guard --staged" || exit $?
fi
if [ -x "$kept" ]; then exec "$kept" "$@"; fi
`
  }
  return `${head}${ask}input=$(cat)
feed() { [ -z "$input" ] || printf '%s\\n' "$input"; }
if [ -n "$conduct_launcher" ]; then
  feed | sh -c "$conduct_launcher guard --pushed \\"\\$1\\"" conduct "$1" || exit $?
fi
if [ -x "$kept" ]; then
  feed | "$kept" "$@"
  exit $?
fi
`
}

export function isOwnHook(text: string): boolean {
  return text.includes(ownMark)
}

/** Lines for a hook that is kept among the files of the repository, by husky or by hand. */
export function sharedBlock(hook: HookName): string {
  const ask = 'conduct_launcher=$(git config --get conduct.launcher || :)\n'
  const act =
    hook === 'pre-commit'
      ? 'if [ -n "$conduct_launcher" ]; then sh -c "$conduct_launcher guard --staged" || exit $?; fi\n'
      : `if [ -n "$conduct_launcher" ]; then
  conduct_input=$(cat)
  printf '%s\\n' "$conduct_input" | sh -c "$conduct_launcher guard --pushed \\"\\$1\\"" conduct "$1" || exit $?
  exec <<CONDUCT_INPUT
$conduct_input
CONDUCT_INPUT
fi
`
  return `${blockBegin}\n${ask}${act}${blockEnd}\n`
}

export function hasBlock(text: string): boolean {
  return text.includes(blockBegin)
}

/** Right behind the first line, since a hook may leave at any other. Null: it is no script of a shell. */
export function withBlock(text: string, hook: HookName): string | null {
  if (hasBlock(text)) return text
  const first = /^#!.*(?:\n|$)/.exec(text)?.[0] ?? ''
  if (first !== '' && !/\b(?:ba|da|z|k|a)?sh\b/.test(first)) return null
  const gap = first === '' || first.endsWith('\n') ? '' : '\n'
  return `${first}${gap}${sharedBlock(hook)}${text.slice(first.length)}`
}

/** As it was before, to the byte. */
export function withoutBlock(text: string): string {
  const from = text.indexOf(blockBegin)
  const to = text.indexOf(blockEnd, from)
  if (from === -1 || to === -1) return text
  return text.slice(0, from) + text.slice(to + blockEnd.length + 1)
}
