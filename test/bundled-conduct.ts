import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bundledCli } from './bench/bundled-cli.ts'
import { oncePerRun } from './once-per-run.ts'

/**
 * The command line as it is published, built from these sources once in a run of the tests; a build that fails, fails
 * every test that starts it. It starts in a third of the time that the sources take.
 */
export async function bundledConduct(): Promise<string> {
  const dir = await oncePerRun('conduct', async (target) => {
    await mkdir(target)
    await bundledCli(target)
  })
  return join(dir, 'cli', 'bin', 'conduct.js')
}
