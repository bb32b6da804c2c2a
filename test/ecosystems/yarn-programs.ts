import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'

const require = createRequire(import.meta.url)

/** Both are one file of megabytes, which Node has to compile anew otherwise: nothing of our environment reaches them. */
const compileCache = `NODE_COMPILE_CACHE="${process.env['NODE_COMPILE_CACHE'] ?? path.join(tmpdir(), 'node-compile-cache')}"`

const packages = { yarn: '@yarnpkg/cli-dist', 'yarn-classic': 'yarn' } as const

/**
 * Both generations of yarn are programs of one name: a folder for each, to stand first on PATH.
 *
 * @returns PATH by manager; managers that are on PATH anyway are not named.
 */
export async function yarnPaths(folder: string): Promise<Readonly<Record<string, string>>> {
  const paths: Record<string, string> = {}
  for (const [manager, name] of Object.entries(packages)) {
    const bin = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin/yarn.js')
    const program = path.join(folder, manager, 'yarn')
    await mkdir(path.dirname(program), { recursive: true })
    await writeFile(program, `#!/bin/sh\n${compileCache} exec "${process.execPath}" "${bin}" "$@"\n`)
    await chmod(program, 0o755)
    paths[manager] = [path.dirname(program), process.env['PATH']].join(path.delimiter)
  }
  return paths
}

/**
 * One `yarn` that asks the manifest which generation is meant, as corepack does; corepack itself would download both.
 *
 * @returns the folder it lies in.
 */
export async function yarnDispatcher(folder: string): Promise<string> {
  const [berry, classic] = [packages.yarn, packages['yarn-classic']].map((name) =>
    path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin/yarn.js'),
  )
  const program = path.join(folder, 'yarn')
  await mkdir(folder, { recursive: true })
  await writeFile(
    program,
    `#!/bin/sh\nif grep -q '"yarn@1' package.json 2>/dev/null; then exec "${process.execPath}" "${classic}" "$@"; fi\n${compileCache} exec "${process.execPath}" "${berry}" "$@"\n`,
  )
  await chmod(program, 0o755)
  return folder
}
