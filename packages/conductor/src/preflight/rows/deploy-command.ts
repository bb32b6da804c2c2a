import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join, posix } from 'node:path'
import type { Command, Consumer } from '@conduct/config'
import type { FrozenConsumer } from '../../context.ts'
import { green, type Judgement, notApplicable, red, type Row, together, unknown } from '../row.ts'

/** Words of a shell line that no file stands for. */
const shellWords = new Set(
  '. : [ ! case cd command echo eval exec exit export false for if printf read set shift test times trap true ulimit umask unset until wait while'.split(
    ' ',
  ),
)

/** Every declared command of the target exists: a file at the frozen commit, or a program on PATH. */
export const row: Row = {
  check: 'deploy_command',
  over: 'consumer',
  async judge({ frozen, evidence }) {
    const commands = declaredCommands(frozen.consumer)
    if (commands.length === 0) return notApplicable('No command is declared for its target.')
    const where = {
      at: frozen.commit.slice(0, 7),
      tree: frozen.tree,
      folder: async () => (await evidence.worktree(frozen)).path,
    }
    return together(
      await Promise.all(commands.map(({ what, command }) => judgeCommand(command, { what, ...where }))),
      'commands',
    )
  },
}

function declaredCommands({ deploy, configure }: Consumer): readonly { what: string; command: Command }[] {
  const named = (what: string, command: Command | null) => (command === null ? [] : [{ what, command }])
  const deploys = deploy.strategy.kind !== 'none'
  return [
    ...named('deploy.run', deploy.strategy.kind === 'command' ? deploy.strategy.run : null),
    ...(deploys ? named('deploy.previous', deploy.previous) : []),
    ...(deploys ? named('deploy.rollback', deploy.rollback) : []),
    ...(deploys ? deploy.after.map((command) => ({ what: 'deploy.after', command })) : []),
    ...configure.flatMap(({ name, observe, apply, undo }) => [
      ...named(`observe of ${name}`, observe),
      ...named(`apply of ${name}`, apply),
      ...named(`undo of ${name}`, undo),
    ]),
  ]
}

async function judgeCommand(
  command: Command,
  where: {
    readonly what: string
    readonly at: string
    readonly tree: FrozenConsumer['tree']
    /** Where its files lie on a disk: made only for what their list does not tell. */
    readonly folder: () => Promise<string>
  },
): Promise<Judgement> {
  const { what, at, tree, folder } = where
  const word = firstWord(command)
  if (word === null) return unknown('', `${what}: the first word of its shell line cannot be told.`)
  if ('shell' in command && shellWords.has(word)) return green('', `${what}: ${word} is of the shell.`)
  if (!word.includes('/')) {
    return (await isOnPath(word))
      ? green('', `${what}: ${word} is on PATH.`)
      : red('', `${what}: ${word} is no program on PATH; install it, or write its path in the repository.`)
  }
  if (!isAbsolute(word) && (await tree.isExecutable?.(posix.normalize(word))) === true) {
    return green('', `${what}: ${word} exists at ${at}.`)
  }
  const file = isAbsolute(word) ? word : join(await folder(), word)
  const found = await stat(file).catch(() => null)
  const place = isAbsolute(word) ? 'on this machine' : `at ${at}`
  if (found === null && word.replace(/^\.\//, '').startsWith('node_modules/')) {
    return unknown('', `${what}: ${word} is made by setup, which has not run yet.`)
  }
  if (found?.isFile() !== true)
    return red('', `${what}: ${word} does not exist ${place}; commit it, or correct lanes.yaml.`)
  return (await isExecutable(file))
    ? green('', `${what}: ${word} exists ${place}.`)
    : red('', `${what}: ${word} is not executable ${place}; set its executable bit in git.`)
}

function firstWord(command: Command): string | null {
  if ('argv' in command) return command.argv[0] ?? null
  return /^\s*([\w./@:+-]+|\[|!)(?=\s|;|$)/.exec(command.shell)?.[1] ?? null
}

async function isOnPath(word: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, word))))
  return found.includes(true)
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
