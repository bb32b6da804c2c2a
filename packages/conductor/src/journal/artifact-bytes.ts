import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import type { Packed } from '@conduct/ecosystems'
import type { Log } from '@conduct/lanes/engine'
import type { PackedRecord } from './journal-record.ts'

/** Kept in the store up to here; what is larger is packed again on resume and its integrity compared. */
export const artifactBytesMax = 50 * 1024 * 1024
const chunkBytes = 512 * 1024

/**
 * Keeps the bytes that publish will send, so that any machine that reaches the store can resume.
 *
 * @param options.log a log of its own per packing: `run/<id>/artifact/<n>`.
 * @returns `log: null` when the artifact is too large to keep.
 */
export async function keepArtifactBytes(options: {
  readonly store: Log
  readonly log: string
  readonly packed: Packed
}): Promise<Pick<PackedRecord, 'log' | 'chunks'>> {
  if (options.packed.sizeBytes > artifactBytesMax) return { log: null, chunks: 0 }
  const bytes = await readFile(options.packed.path)
  const chunks = Math.max(1, Math.ceil(bytes.length / chunkBytes))
  for (let index = 0; index < chunks; index += 1) {
    const chunk = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    await options.store.append({
      log: options.log,
      seq: index + 1,
      record: { format: 1, base64: chunk.toString('base64') },
    })
  }
  return { log: options.log, chunks }
}

/**
 * Writes the kept bytes to a file again and proves that they are the ones.
 *
 * @returns null when the artifact was too large to keep.
 * @throws ConductError JOURNAL_BROKEN when the bytes do not have the recorded integrity.
 */
export async function restoreArtifact(options: {
  readonly store: Log
  readonly record: PackedRecord
  readonly directory: string
}): Promise<Packed | null> {
  const { record } = options
  if (record.log === null) return null
  const entries = await options.store.read(record.log)
  const bytes = Buffer.concat(
    entries.slice(0, record.chunks).map((entry) => Buffer.from(base64Of(entry.record), 'base64')),
  )
  const algorithm = algorithmOf(record.integrity)
  const integrity = `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
  if (integrity !== record.integrity) {
    throw new ConductError(
      'JOURNAL_BROKEN',
      `the kept bytes of ${record.package} ${record.version} have integrity ${integrity}, recorded was ${record.integrity}`,
    )
  }
  await mkdir(options.directory, { recursive: true })
  const path = join(options.directory, `${record.package.replaceAll(/[^\w.-]/gu, '-')}-${record.version}.tgz`)
  await writeFile(path, bytes)
  return { path, integrity, sizeBytes: bytes.length }
}

function base64Of(record: unknown): string {
  const { base64 } = record as { readonly base64?: unknown }
  return typeof base64 === 'string' ? base64 : ''
}

/** npm names a SHA-512, a gem server a SHA-256; anything else proves nothing. */
function algorithmOf(integrity: string): 'sha256' | 'sha512' {
  return integrity.startsWith('sha256-') ? 'sha256' : 'sha512'
}
