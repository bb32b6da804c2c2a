import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { ConductError } from '@conduct/core'
import { parse } from 'yaml'
import { asRecord, asText } from '../unknown.ts'
import { tarEntry } from './tar-entry.ts'

/** What a built gem says about itself. */
export interface GemMetadata {
  readonly name: string
  readonly version: string
  readonly platform: string
  /** Names of the gems that are installed with it. */
  readonly needs: readonly string[]
  readonly allowedPushHost: string | null
}

const metadataBytesMax = 16 * 1024 * 1024

/** @throws ConductError PACK_FAILED  it is no gem. */
export async function readGemFile(file: string): Promise<GemMetadata> {
  try {
    const packed = tarEntry(await readFile(file), /^metadata\.gz$/)
    if (packed === null) throw new Error('it holds no metadata')
    return metadataIn(gunzipSync(packed, { maxOutputLength: metadataBytesMax }).toString('utf8'))
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new ConductError('PACK_FAILED', `${file} is no gem: ${said}`, { cause: error })
  }
}

/** YAML with the names of Ruby's classes as tags, which are of no interest here: nothing is instantiated. */
function metadataIn(text: string): GemMetadata {
  const fields = asRecord(parse(text, { logLevel: 'silent', schema: 'failsafe' }))
  const name = asText(fields['name'])
  const version = asText(asRecord(fields['version'])['version'])
  if (name === null || version === null) throw new Error('its metadata names no gem')
  const dependencies = Array.isArray(fields['dependencies']) ? fields['dependencies'].map(asRecord) : []
  return {
    name,
    version,
    platform: asText(fields['platform']) ?? 'ruby',
    needs: dependencies
      .filter((one) => asText(one['type']) !== ':development')
      .flatMap((one) => asText(one['name']) ?? []),
    allowedPushHost: asText(asRecord(fields['metadata'])['allowed_push_host']),
  }
}
