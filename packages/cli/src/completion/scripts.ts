export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]
export const shellKind = 'bash|zsh|fish'

/**
 * Set, conduct answers with what may come next instead of doing anything: a line per word, `word<TAB>what it means`.
 * The arguments are the words up to the cursor, the last one as far as it was typed.
 */
export const completeVariable = 'CONDUCT_COMPLETE'

/** @param launcher words that start conduct from any folder of a new shell. */
export function completionScript(shell: Shell, launcher: string): string {
  switch (shell) {
    case 'bash':
      return bash(launcher)
    case 'zsh':
      return zsh(launcher)
    case 'fish':
      return fish(launcher)
    default:
      return shell satisfies never
  }
}

// The words are those of the line as typed: bash's own list is split at every colon, and names of holders have one.
const bash = (launcher: string): string => `_conduct_complete() {
  local line words
  read -r -a words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:0:COMP_POINT}" == *' ' ]] && words+=('')
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(${completeVariable}=1 ${launcher} "\${words[@]:1}" 2>/dev/null)
}
complete -o bashdefault -o default -F _conduct_complete conduct
`

const zsh = (launcher: string): string => `#compdef conduct
_conduct() {
  local line
  local -a proposals
  for line in "\${(@f)$(${completeVariable}=1 ${launcher} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#proposals )); then
    _describe -t conduct 'conduct' proposals
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_conduct" ]; then
  _conduct "$@"
else
  compdef _conduct conduct
fi
`

const fish = (launcher: string): string => `function __conduct_complete
    set -l words (commandline -opc)
    set -l partial (commandline -ct)
    set -l found (env ${completeVariable}=1 ${launcher} $words[2..-1] "$partial" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$partial"
    end
end
complete -c conduct -e
complete -c conduct -f -a '(__conduct_complete)'
`
