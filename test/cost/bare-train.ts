import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

/**
 * The floor under a plain train: the same processes (`train-cost.test.ts` counts them), started by a loop that knows
 * no lane, journal, plan or verdict, as parallel as the train. Run as a program of its own, so that it is as small
 * as such a loop is: `node bare-train.ts '{"dir": …, "remotes": […], "check": …, "deploy": …}'` prints a `BareTrain`.
 */
export interface BareTrainOptions {
  /** Where its mirrors and worktrees come to lie. */
  readonly dir: string
  /** The producer first. */
  readonly remotes: readonly string[]
  /** Words of one command each. */
  readonly check: string
  readonly deploy: string
}

export interface BareTrain {
  /** Mirrors being warm: what survey and preflight ask. */
  readonly planMs: number
  /** That, and then check and deploys. */
  readonly runMs: number
}

const refspecs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']

export async function makeBareTrain(options: BareTrainOptions): Promise<BareTrain> {
  const dir = await mkdtemp(path.join(options.dir, 'bare-'))
  const mirrors = await Promise.all(
    options.remotes.map(async (remote, index) => {
      const mirror = path.join(dir, `${index}.git`)
      await start(['git', 'clone', '--quiet', '--mirror', remote, mirror], dir)
      return { remote, mirror }
    }),
  )
  const [producer, ...consumers] = mirrors
  if (producer === undefined) throw new Error('a train has a producer')
  const plan = () => Promise.all(mirrors.map((one) => survey(one)))
  const work = async ({ mirror }: { readonly mirror: string }, command: string) => {
    const worktree = await openWorktree(mirror)
    await start(command.split(' '), worktree)
    await rm(worktree, { recursive: true })
  }

  const startMs = performance.now()
  await plan()
  const plannedMs = performance.now()
  await plan()
  await work(producer, options.check)
  await Promise.all(consumers.map((one) => work(one, options.deploy)))
  return { planMs: plannedMs - startMs, runMs: performance.now() - plannedMs }
}

/** What the remote has, which commit main is and which files it holds; then whether main still stands there. */
async function survey({
  remote,
  mirror,
}: {
  readonly remote: string
  readonly mirror: string
}): Promise<void> {
  const quiet = ['--prune', '--no-tags', '--no-write-fetch-head', '--no-auto-gc']
  await start(['git', 'fetch', ...quiet, '--', remote, ...refspecs], mirror)
  await start(['git', 'cat-file', '--batch'], mirror, 'refs/heads/main^{commit}\nrefs/heads/main^{tree}\n')
  await start(['git', 'ls-remote', '--quiet', '--', remote, 'refs/heads/main'], mirror)
}

/** As a worktree of git's own is written down, with the one process that writes the files out. */
async function openWorktree(mirror: string): Promise<string> {
  const worktree = `${mirror}.files`
  const known = path.join(mirror, 'worktrees', path.basename(worktree))
  await mkdir(known, { recursive: true })
  await mkdir(worktree)
  await writeFile(path.join(known, 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(path.join(known, 'commondir'), '../..\n')
  await writeFile(path.join(known, 'gitdir'), `${path.join(worktree, '.git')}\n`)
  await writeFile(path.join(worktree, '.git'), `gitdir: ${known}\n`)
  await start(['git', 'read-tree', '--reset', '-u', 'refs/heads/main'], worktree)
  return worktree
}

async function start(words: readonly string[], cwd: string, input = ''): Promise<void> {
  const [file = '', ...args] = words
  const child = spawn(file, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdout.resume()
  child.stderr.resume()
  // Who reads nothing may be gone already.
  child.stdin.on('error', () => undefined).end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code}`)
}

/** The same in a process of its own. */
export async function runBareTrain(options: BareTrainOptions): Promise<BareTrain> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    import.meta.filename,
    JSON.stringify(options),
  ])
  return JSON.parse(stdout) as BareTrain
}

const [asked] = process.argv.slice(2)
if (process.argv[1] === import.meta.filename && asked !== undefined) {
  process.stdout.write(JSON.stringify(await makeBareTrain(JSON.parse(asked) as BareTrainOptions)))
}
