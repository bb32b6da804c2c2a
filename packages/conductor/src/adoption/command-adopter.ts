import { ConductError, invariant } from '@conduct/core'
import type { Command } from '@conduct/config'
import type { Adopter, FileTree, LockedPackage } from '@conduct/ecosystems'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import type { FrozenRepo, TrainContext } from '../context.ts'
import { secretsWithin } from '../secrets.ts'
import { expandCommand, showCommand } from '../template.ts'

const observeTimeoutMs = 60_000

export interface CommandAdopterOptions {
  readonly context: Pick<TrainContext, 'runCommand' | 'signal'>
  readonly frozen: Pick<FrozenRepo, 'name' | 'repo'>
  /** Brings `{version}` into the files of the worktree it runs in. */
  readonly command: Command
  /** Prints the version those files hold; nothing: they hold none. */
  readonly observe: Command
}

/**
 * Anything that no adapter knows, by two commands of lanes.yaml. What they say is all that is known: there is no
 * lockfile to read, no integrity to compare, and nothing to try a packed artifact with, which preflight shows as unknown.
 */
export function commandAdopter(options: CommandAdopterOptions): Adopter {
  const { context, frozen, command, observe } = options

  async function run(
    asked: Command,
    at: { readonly cwd: string; readonly timeoutMs: number },
  ): Promise<string> {
    const secrets = await secretsWithin({ cwd: at.cwd, passEnv: frozen.repo.env })
    const result = await context.runCommand(asked, {
      ...at,
      passEnv: frozen.repo.env,
      secrets,
      signal: context.signal,
    })
    if (succeeded(result)) return result.stdout.trim()
    const said = outputTail(result)
    throw new ConductError(
      'ADOPT_FAILED',
      `${frozen.name}: ${showCommand(asked)}: ${describeOutcome(result)}${said === '' ? '' : `\n${said}`}`,
    )
  }

  return {
    manager: 'command',
    declaredAs: 'command',
    ecosystem: 'command',
    matches: async () => true,
    version: async () => `declared as ${showCommand(command)}`,
    async read(tree, packageName) {
      await using folder = await openFolder(tree)
      const values = { repo: frozen.name }
      const version = await run(expandCommand(observe, values), {
        cwd: folder.path,
        timeoutMs: observeTimeoutMs,
      })
      return readAs(packageName, version, showCommand(observe))
    },
    obstacles: async (_tree, packages) => {
      const versions = new Set(packages.map(({ version }) => version))
      return versions.size > 1 ? [`one command cannot adopt ${[...versions].join(' and ')} at once`] : []
    },
    tryPacked: async () => undefined,
    async adopt({ worktree, packages, timeoutMs }) {
      const [first] = packages
      invariant(first !== undefined, 'something is adopted')
      const values = { version: first.version, repo: frozen.name }
      await run(expandCommand(command, values), { cwd: worktree, timeoutMs })
    },
    movements: async () => [],
    unrelatedMovements: async () => [],
    unpublishedReferences: async () => [],
    releaseAgeGates: async () => [],
  }
}

async function openFolder(tree: FileTree): Promise<AsyncDisposable & { readonly path: string }> {
  invariant(tree.open !== undefined, 'a command needs files on a disk')
  return await tree.open()
}

function readAs(name: string, version: string, observe: string): LockedPackage {
  const isHeld = version !== ''
  return {
    package: name,
    manifests: isHeld ? [{ path: '.', field: observe, range: version }] : [],
    locked: isHeld ? [{ version, integrity: null }] : [],
    lockfile: null,
    integrityMissing: 'a command tells the version only',
  }
}
