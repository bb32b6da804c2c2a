import { join } from 'node:path'
import { engineVersions } from './repositories/engine.ts'
import { gemFolder, gemKey, gemName } from './repositories/gem.ts'
import { runStep } from './toolchain.ts'

/** Builds the gem that lies in a folder of the producer's files and pushes it. @throws ConductError REHEARSAL_STEP */
export async function publishGem(folder: string, gemsUrl: string): Promise<void> {
  const cwd = join(folder, gemFolder)
  const file = `${gemName}-${engineVersions.from}.gem`
  await runStep(['gem', 'build', `${gemName}.gemspec`, '--output', file], { cwd })
  await runStep(['gem', 'push', file, '--host', gemsUrl.replace(/\/$/, '')], {
    cwd,
    env: { GEM_HOST_API_KEY: gemKey },
  })
}

/** What an app that is bundled needs in its environment: its gems lie beside it, and are those of its lockfile. */
export function bundledEnv(folder: string): Readonly<Record<string, string>> {
  return { BUNDLE_PATH: join(folder, 'vendor', 'bundle'), BUNDLE_FROZEN: 'true', BUNDLE_RETRY: '0' }
}
