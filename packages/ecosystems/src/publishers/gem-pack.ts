import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import type { Packed } from '../ports.ts'
import { integrityOfFile } from '../registry/tarball.ts'
import { describeResult, runTool, succeeded } from '../run-tool.ts'
import { readGemFile } from './gem-file.ts'
import type { PackOptions } from './pack.ts'

const buildTimeoutMs = 600_000

/** The same commit gives the same bytes: without it every file is dated with the moment of packing. */
const buildEnv = { SOURCE_DATE_EPOCH: '315619200' }

/** @throws ConductError PACK_FAILED  the build failed, or the gem is another one or another version. */
export async function packGem(options: PackOptions): Promise<Packed> {
  const { name, version, directory, registry } = options.package
  const folder = path.join(options.worktree, directory)
  const subject = `${name}@${version}`
  await mkdir(options.outDir, { recursive: true })
  const empty = await mkdtemp(path.join(options.outDir, '.pack-'))
  try {
    const made = path.join(empty, `${name}-${version}.gem`)
    const argv = ['gem', 'build', await gemspecIn(folder, name), '--output', made]
    const result = await runTool({
      argv,
      cwd: folder,
      timeoutMs: buildTimeoutMs,
      context: options.context,
      env: buildEnv,
    })
    if (!succeeded(result)) {
      throw new ConductError('PACK_FAILED', `gem could not build ${subject}`, {
        details: describeResult(argv, result),
      })
    }
    const built = await readGemFile(made)
    if (built.name !== name || built.version !== version) {
      throw new ConductError(
        'PACK_FAILED',
        `built ${built.name}@${built.version}, but ${subject} is planned`,
        { hint: 'The gemspec computes another name or version than can be read from it.' },
      )
    }
    if (built.allowedPushHost !== null && !isSameHost(built.allowedPushHost, registry)) {
      throw new ConductError(
        'PACK_FAILED',
        `${subject} is planned for ${registry}, but its allowed_push_host is ${built.allowedPushHost}`,
        { hint: 'Make lanes.yaml and the gemspec name the same server.' },
      )
    }
    const target = path.join(options.outDir, path.basename(made))
    await rename(made, target)
    return {
      path: target,
      // The compact index names a SHA-256.
      integrity: await integrityOfFile(target, 'sha256'),
      sizeBytes: (await stat(target)).size,
    }
  } finally {
    await rm(empty, { recursive: true, force: true })
  }
}

/** The one named like the gem, else the only one there. */
async function gemspecIn(folder: string, name: string): Promise<string> {
  const found = (await readdir(folder)).filter((file) => file.endsWith('.gemspec'))
  const [only, ...others] = found
  if (found.includes(`${name}.gemspec`)) return `${name}.gemspec`
  if (only !== undefined && others.length === 0) return only
  throw new ConductError('PACK_FAILED', `there is no gemspec of ${name}`, { details: { found } })
}

function isSameHost(one: string, other: string): boolean {
  const plain = (url: string): string => url.replace(/\/+$/, '')
  return plain(one) === plain(other)
}
