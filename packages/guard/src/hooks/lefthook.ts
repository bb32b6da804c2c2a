/** Settings of lefthook that stay on this machine (`lefthook-local.yml`), beside what the repository has in its own. */
export const lefthookLocal = {
  file: 'lefthook-local.yml',
  text: `# conduct guard: written and removed by conduct guard install and uninstall.
pre-commit:
  commands:
    conduct-guard:
      run: launcher=$(git config --get conduct.launcher || true); [ -z "$launcher" ] || sh -c "$launcher guard --staged"
pre-push:
  commands:
    conduct-guard:
      use_stdin: true
      run: launcher=$(git config --get conduct.launcher || true); [ -z "$launcher" ] || sh -c "$launcher guard --pushed {1}"
`,
} as const
