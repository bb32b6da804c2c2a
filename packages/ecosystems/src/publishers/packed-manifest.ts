import { gunzipSync } from 'node:zlib'
import { ConductError } from '@conduct/core'
import { tarEntry } from './tar-entry.ts'
import { normalizedRegistry } from '../registry/registry-of.ts'
import { asText } from '../unknown.ts'
import { dependencyFields, type Manifest, parseManifest } from '../manifests/manifest.ts'

const unpackedBytesMax = 1024 * 1024 * 1024

/** Ranges that only the workspace they were written in understands. */
const localRange = /^(?:workspace|catalog|link|portal|file):/

/**
 * What is about to be published says itself what it is; a tarball of another version, or one whose ranges point
 * into a workspace, is refused before anybody can install it.
 */
export function checkPackedManifest(
  tarball: Uint8Array,
  expected: { readonly name: string; readonly version: string; readonly registry: string },
): void {
  const subject = `${expected.name}@${expected.version}`
  const manifest = manifestOf(tarball)
  if (manifest === null)
    throw new ConductError('PACK_FAILED', `the tarball of ${subject} holds no package.json`)
  if (manifest.name !== expected.name || manifest.version !== expected.version) {
    throw new ConductError(
      'PACK_FAILED',
      `packed ${manifest.name}@${manifest.version}, but ${subject} is planned`,
      {
        hint: 'Something changed the version between the survey and packing.',
      },
    )
  }
  const configured = asText(manifest.publishConfig['registry'])
  if (configured !== null && normalizedRegistry(configured) !== expected.registry) {
    throw new ConductError(
      'PACK_FAILED',
      `${subject} is planned for ${expected.registry}, but its publishConfig says ${configured}`,
      { hint: 'Clients follow publishConfig; make lanes.yaml and package.json name the same registry.' },
    )
  }
  const local = localRanges(manifest)
  if (local.length > 0) {
    throw new ConductError('PACK_FAILED', `${subject} would be published needing ${local.join(', ')}`, {
      hint: 'Publish with the package manager that replaces such ranges (pnpm, yarn), or write a plain range.',
      details: { ranges: local },
    })
  }
}

function localRanges(manifest: Manifest): readonly string[] {
  return dependencyFields
    .filter((field) => field !== 'devDependencies')
    .flatMap((field) => [...manifest.ranges(field)])
    .filter(([, range]) => localRange.test(range))
    .map(([name, range]) => `${name}@${range}`)
}

/** A tarball's first folder is `package` by custom, anything by right; its manifest is directly below. */
function manifestOf(tarball: Uint8Array): Manifest | null {
  const archive = gunzipSync(tarball, { maxOutputLength: unpackedBytesMax })
  const found = tarEntry(archive, /^[^/]+\/package\.json$/)
  return found === null ? null : parseManifest('package.json', found.toString('utf8'))
}
