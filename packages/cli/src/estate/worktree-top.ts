import { spawnSync } from 'node:child_process'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Top of the working tree that a folder is in, or null outside of one. The plain cases are read from the disk;
 * git itself is asked where its environment may lead elsewhere, or where what lies there is not plain (a linked
 * worktree, a submodule, settings that move the tree).
 */
export function readWorktreeTop(cwd: string): string | null {
  return steeringVariables.some((name) => process.env[name] !== undefined) ? askGit(cwd) : findTop(cwd)
}

const steeringVariables = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
]

function findTop(cwd: string): string | null {
  let folder: string
  try {
    folder = realpathSync(cwd)
  } catch {
    return askGit(cwd)
  }
  for (;;) {
    const entry = statSync(join(folder, '.git'), { throwIfNoEntry: false })
    if (entry !== undefined) return isPlainRepository(join(folder, '.git')) ? folder : askGit(cwd)
    const parent = dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
}

/** A folder of git with a working tree around it: nothing in its settings moves the tree or hides it. */
function isPlainRepository(path: string): boolean {
  try {
    const hasHead = statSync(join(path, 'HEAD')).isFile()
    return hasHead && !/^\s*(?:worktree\s*=|bare\s*=\s*true|\[\s*include)/im.test(readConfig(path))
  } catch {
    // A linked worktree, or something that only git can judge.
    return false
  }
}

function readConfig(path: string): string {
  return readFileSync(join(path, 'config'), 'utf8')
}

/** In a hook git's environment leads every question here, always with the same answer. */
const answers = new Map<string, string | null>()

function askGit(cwd: string): string | null {
  const question = JSON.stringify([cwd, ...steeringVariables.map((name) => process.env[name] ?? null)])
  const known = answers.get(question)
  if (known !== undefined) return known
  const answer = askGitAnew(cwd)
  // Where there is no working tree yet, there may be one by the next question.
  if (answer !== null) answers.set(question, answer)
  return answer
}

function askGitAnew(cwd: string): string | null {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--show-toplevel'], {
    cwd,
    encoding: 'utf8',
    timeout: GIT_MS_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const top = status === 0 ? stdout.trim() : ''
  return top === '' ? null : top
}

const GIT_MS_MAX = 5000
