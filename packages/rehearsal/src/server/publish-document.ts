import { createHash } from 'node:crypto'

/** What a client sends to publish, and to stage: one version with its tarball attached. */
export interface PublishDocument {
  readonly name: string
  readonly access?: string | null
  readonly 'dist-tags'?: Readonly<Record<string, string>>
  readonly versions?: Readonly<Record<string, unknown>>
  // oxlint-disable-next-line no-underscore-dangle -- the registry's own name for it
  readonly _attachments?: Readonly<Record<string, { readonly data: string }>>
}

/** The version that a body publishes; null for a dist-tag or a deprecation, which have no tarball. */
export function attachedVersion(
  body: Buffer,
): { readonly document: PublishDocument; readonly version: string } | null {
  const document = parse(body)
  const [version] = Object.keys(document?.versions ?? {})
  if (document === null || version === undefined || tarballs(document).length === 0) return null
  return { document, version }
}

export function tarballOf(document: PublishDocument): Buffer {
  return Buffer.from(tarballs(document)[0] ?? '', 'base64')
}

export function shasumOf(document: PublishDocument): string {
  return createHash('sha1').update(tarballOf(document)).digest('hex')
}

function tarballs({ _attachments: attachments = {} }: PublishDocument): readonly string[] {
  return Object.entries(attachments)
    .filter(([file]) => file.endsWith('.tgz'))
    .map(([, { data }]) => data)
}

function parse(body: Buffer): PublishDocument | null {
  try {
    const document = JSON.parse(body.toString('utf8')) as Partial<PublishDocument>
    return typeof document.name === 'string' ? (document as PublishDocument) : null
  } catch {
    return null
  }
}
