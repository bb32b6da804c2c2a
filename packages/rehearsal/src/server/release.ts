import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { bundledEnv } from '../gem-steps.ts'
import { runStep } from '../toolchain.ts'

export interface ReleaseOptions {
  readonly layout: Layout
  readonly app: string
  readonly sha: string
  readonly folder: string
}

/** Brings one commit of an app's remote into a folder and installs exactly what its lockfile says. */
export async function makeRelease({ layout, app, sha, folder }: ReleaseOptions): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true })
  const { dir: cwd } = layout
  await runStep(['git', 'clone', '--quiet', '--no-checkout', '--shared', '--', layout.remote(app), folder], {
    cwd,
  })
  await runStep(['git', 'checkout', '--quiet', '--detach', sha], { cwd: folder })
  await rm(join(folder, '.git'), { recursive: true, force: true })
  if (await exists(join(folder, 'Gemfile.lock'))) {
    await runStep(['bundle', 'install', '--quiet'], { cwd: folder, env: bundledEnv(folder) })
  } else {
    await runStep(await installCommand(layout, folder), { cwd: folder })
  }
}

async function installCommand(layout: Layout, folder: string): Promise<readonly string[]> {
  if (await exists(join(folder, 'pnpm-lock.yaml'))) {
    return ['pnpm', 'install', '--frozen-lockfile', '--ignore-scripts', '--store-dir', layout.pnpmStore]
  }
  if (await exists(join(folder, 'package-lock.json'))) {
    return ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', layout.npmCache]
  }
  if (await exists(join(folder, 'yarn.lock'))) {
    const isBerry = await exists(join(folder, '.yarnrc.yml'))
    return isBerry
      ? ['yarn', 'install', '--immutable', '--mode=skip-build']
      : ['yarn', 'install', '--frozen-lockfile', '--ignore-scripts', '--non-interactive']
  }
  throw new Error('the commit has no lockfile')
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
