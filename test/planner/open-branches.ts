import { execFileSync } from 'node:child_process'

export interface OpenBranches {
  /** Files of main, by path. */
  readonly main: Readonly<Record<string, string>>
  /** By branch: the files that it adds or changes; null removes one. */
  readonly branches: Readonly<Record<string, Readonly<Record<string, string | null>>>>
}

/** A repository with branches that left main at its first commit, written in one go. */
export function writeBranches(folder: string, { main, branches }: OpenBranches): void {
  const git = (args: readonly string[], input?: string): void => {
    const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }
    execFileSync('git', args, { cwd: folder, env, input, stdio: 'pipe' })
  }
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
  const commit = (ref: string, files: Readonly<Record<string, string | null>>, from?: string): string =>
    [
      `commit refs/heads/${ref}\ncommitter ana <ana@acme.example> 1767225600 +0000\n`,
      data(`work on ${ref}`),
      from === undefined ? '' : `from ${from}\n`,
      ...Object.entries(files).map(([path, text]) =>
        text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
      ),
      '\n',
    ].join('')
  git(['init', '--quiet', '--initial-branch=main'])
  const stream = [
    commit('main', main),
    ...Object.entries(branches).map(([name, files]) => commit(name, files, 'refs/heads/main')),
  ]
  git(['fast-import', '--quiet'], stream.join(''))
}
