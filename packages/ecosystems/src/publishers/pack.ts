import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import { readManifest } from '../manifests/manifest.ts'
import { fileTreeOfFolder } from '../file-tree.ts'
import type { Packed, Publisher } from '../ports.ts'
import { describeResult, runTool, succeeded } from '../run-tool.ts'
import { integrityOfFile } from '../registry/tarball.ts'
import { checkPackedManifest } from './packed-manifest.ts'

const packTimeoutMs = 600_000

export type PackOptions = Parameters<Publisher['pack']>[0]

/**
 * Packs with the given client. `prepublishOnly` runs here, once, because publishing a tarball runs no lifecycle
 * script; `prepack`, `prepare` and `postpack` run once as part of packing.
 *
 * @throws ConductError PACK_FAILED  a script or the client failed, or the tarball is another package, another
 *   version, or holds ranges that mean nothing outside the workspace.
 */
export async function packWith(tool: 'npm' | 'pnpm', options: PackOptions): Promise<Packed> {
  const folder = path.join(options.worktree, options.package.directory)
  const subject = `${options.package.name}@${options.package.version}`
  await mkdir(options.outDir, { recursive: true })
  const empty = await mkdtemp(path.join(options.outDir, '.pack-'))
  try {
    await runPrepublishOnly(tool, options, folder)
    await run({ argv: [tool, 'pack', `--pack-destination=${empty}`], folder, options, subject })
    const [made, ...others] = (await readdir(empty)).filter((file) => file.endsWith('.tgz'))
    if (made === undefined || others.length > 0) {
      throw new ConductError('PACK_FAILED', `packing ${subject} made ${others.length + 1} tarballs, not one`)
    }
    const bytes = await readFile(path.join(empty, made))
    checkPackedManifest(bytes, options.package)
    const target = path.join(options.outDir, made)
    await rename(path.join(empty, made), target)
    return { path: target, integrity: await integrityOfFile(target), sizeBytes: bytes.byteLength }
  } finally {
    await rm(empty, { recursive: true, force: true })
  }
}

async function runPrepublishOnly(tool: 'npm' | 'pnpm', options: PackOptions, folder: string): Promise<void> {
  const manifest = await readManifest(fileTreeOfFolder(folder), 'package.json')
  if (manifest?.scripts.has('prepublishOnly') !== true) return
  await run({
    // Without the flag pnpm may install first, and an install runs `prepare` once more.
    argv: [tool, ...(tool === 'pnpm' ? ['--config.verifyDepsBeforeRun=false'] : []), 'run', 'prepublishOnly'],
    folder,
    options,
    subject: `${options.package.name} (prepublishOnly)`,
  })
}

interface PackRun {
  readonly argv: readonly string[]
  readonly folder: string
  readonly options: PackOptions
  readonly subject: string
}

async function run({ argv, folder, options, subject }: PackRun): Promise<void> {
  const result = await runTool({ argv, cwd: folder, timeoutMs: packTimeoutMs, context: options.context })
  if (succeeded(result)) return
  throw new ConductError('PACK_FAILED', `${argv[0]} could not pack ${subject}`, {
    details: describeResult(argv, result),
  })
}
