import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const repositoryRoot = path.resolve(import.meta.dirname, '../..')

/** What a user installs: the packed files, with the import map that publishing puts in place. */
export async function bundledCli(dir: string): Promise<string> {
  const source = path.join(repositoryRoot, 'packages/cli')
  const target = path.join(dir, 'cli')
  await mkdir(target)
  // Not into the package's own `dist`, which others may be packing.
  const tsdown = path.join(source, 'node_modules/.bin/tsdown')
  await run(tsdown, ['--out-dir', path.join(target, 'dist')], { cwd: source })
  await cp(path.join(source, 'bin'), path.join(target, 'bin'), { recursive: true })
  // What the bundle leaves outside.
  await symlink(path.join(source, 'node_modules'), path.join(target, 'node_modules'))
  const manifest = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as {
    publishConfig: { imports: Record<string, string> }
  }
  await writeFile(
    path.join(target, 'package.json'),
    JSON.stringify({
      name: '@conduct/cli',
      version: '0.0.0',
      type: 'module',
      imports: manifest.publishConfig.imports,
    }),
  )
  return path.join(target, 'bin/conduct.js')
}
