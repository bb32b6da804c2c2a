import { runCommand } from '@conduct/subprocess'
import { makeFolder } from './folders.ts'
import type { LocalRegistry } from './registry.ts'

export interface Seed {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

/** A package whose only export is `<name>@<version>`. */
function filesOf(seed: Seed): Record<string, string | object> {
  return {
    'package.json': { main: 'index.js', ...seed },
    'index.js': `module.exports = ${JSON.stringify(`${seed.name}@${seed.version}`)}\n`,
  }
}

export async function publishSeed(registry: LocalRegistry, seed: Seed): Promise<void> {
  await using folder = await makeFolder({ ...filesOf(seed), '.npmrc': '' })
  const argv = [
    'pnpm',
    'publish',
    '--no-git-checks',
    '--ignore-scripts',
    '--tag=latest',
    `--registry=${registry.url}`,
  ]
  await run({ argv, cwd: folder.path, home: registry.home })
}

export async function packSeed(seed: Seed, outDir: string): Promise<string> {
  await using folder = await makeFolder(filesOf(seed))
  const file = `${outDir}/${seed.name.replace('@', '').replace('/', '-')}-${seed.version}.tgz`
  await run({ argv: ['pnpm', 'pack', `--out=${file}`], cwd: folder.path })
  return file
}

export interface RunOptions {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly home?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a command that has to succeed. */
export async function run({ argv, cwd, home, env }: RunOptions): Promise<string> {
  const result = await runCommand(
    { argv },
    {
      cwd,
      timeoutMs: 60_000,
      env: { npm_config_update_notifier: 'false', ...env },
      ...(home === undefined ? {} : { home }),
    },
  )
  if (result.outcome !== 'exited' || result.exitCode !== 0) {
    throw new Error(`${argv.join(' ')} failed in ${cwd}:\n${result.stdout}\n${result.stderr}`)
  }
  return result.stdout
}
