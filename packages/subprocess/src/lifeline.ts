import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Ends running commands when this process dies in a way that leaves it no time to do so itself (`kill -9`, out of
 * memory): otherwise a publish or a deploy would go on for minutes beside the run that is resumed after the crash.
 *
 * One shell per process, started with the first command, reads from a pipe which process groups are alive. When
 * the pipe closes, whoever held its other end is dead, and what is still on the list is killed. Not promised: a
 * command that dies unlisted in the moment between its start and the line about it.
 */
const keeperScript = `
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) rest=; for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done; groups=$rest ;;
  esac
done
for each in $groups; do kill -9 "-$each" 2>/dev/null; done
`

const alive = new Set<number>()
let keeper: ChildProcess | null = null

/** Before a command starts, so that it can be listed in the moment it does. */
export function openLifeline(): void {
  keeper ??= startKeeper()
}

/** Puts a process group on the list. @returns what takes it off again. */
export function holdLifeline(groupId: number): () => void {
  alive.add(groupId)
  openLifeline()
  tell(`+ ${groupId}\n`)
  return () => {
    alive.delete(groupId)
    tell(`- ${groupId}\n`)
  }
}

function startKeeper(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', keeperScript], {
    // A session of its own, so that a Ctrl-C meant for us does not reach it first.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: {},
  })
  const forget = (): void => {
    if (keeper === child) keeper = null
  }
  child.once('exit', forget).once('error', forget)
  child.stdin?.on('error', forget)
  // It never keeps us alive.
  child.unref()
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function')
    child.stdin.unref()
  // A keeper that takes the place of one that has died is told everything.
  child.stdin?.write([...alive].map((groupId) => `+ ${groupId}\n`).join(''))
  return child
}

function tell(text: string): void {
  keeper?.stdin?.write(text)
}
