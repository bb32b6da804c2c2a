import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface SlowRemotes extends AsyncDisposable {
  /** Of a repository on this machine, reached as by ssh. */
  readonly addressOf: (repository: string) => string
}

/** Git's own way over ssh to repositories on this machine, with a stand-in for ssh that waits before it connects. */
export async function slowly(seconds: number): Promise<SlowRemotes> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-slow-'))
  // By its name git knows which options it takes.
  const program = path.join(dir, 'ssh')
  await writeFile(program, `#!/bin/sh\nfor last; do :; done\nsleep ${seconds}\nexec sh -c "$last"\n`, {
    mode: 0o755,
  })
  const before = process.env['GIT_SSH_COMMAND']
  process.env['GIT_SSH_COMMAND'] = program
  return {
    addressOf: (repository) => `ssh://git@slow.example${repository}`,
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env['GIT_SSH_COMMAND']
      else process.env['GIT_SSH_COMMAND'] = before
      await rm(dir, { recursive: true })
    },
  }
}
