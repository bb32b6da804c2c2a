const blockBytes = 512

/** The content of the first file in an uncompressed tar archive whose name matches; null when there is none. */
export function tarEntry(archive: Buffer, pattern: RegExp): Buffer | null {
  for (let at = 0; at + blockBytes <= archive.length;) {
    const name = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '')
    const said = Number.parseInt(archive.toString('ascii', at + 124, at + 136), 8) || 0
    // A size below zero would lead back to where we are.
    const size = Math.max(0, said)
    const start = at + blockBytes
    if (pattern.test(name)) return archive.subarray(start, start + size)
    at = start + Math.ceil(size / blockBytes) * blockBytes
  }
  return null
}
