/**
 * Public SSH keys as they stand in lanes.yaml: `<type> <base64> [comment]`. Pure. Only type and base64 are ever used;
 * the comment is somebody's text and goes nowhere.
 *
 * Source: RFC 4253 section 6.6, RFC 5656, RFC 8709 and OpenSSH's PROTOCOL.u2f for the layout of the base64 part.
 */
export interface PublicKey {
  readonly type: PublicKeyType
  /** Canonical base64. */
  readonly blob: string
}

const publicKeyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const
export type PublicKeyType = (typeof publicKeyTypes)[number]

/** Parts of the base64 after the type: OpenSSH refuses a key that has another number of them. */
const partsOf = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
} as const satisfies Record<PublicKeyType, number>

const rsaBytesMin = 256

/** @returns the key, or what is wrong with it as the end of "the signing key of ana …". */
export function readPublicKey(text: string): { readonly key: PublicKey } | { readonly problem: string } {
  // oxlint-disable-next-line no-control-regex -- a line break in a key would start a line of its own in a file of keys
  if (/[\u0000-\u001f\u007f]/.test(text)) return { problem: 'holds a control character or a second line' }
  const [type, blob] = text.split(' ')
  if (type === undefined || blob === undefined) return { problem: 'has no second word' }
  if (!isPublicKeyType(type)) {
    return { problem: `is of the kind ${JSON.stringify(type)}; possible: ${publicKeyTypes.join(', ')}` }
  }
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.length === 0 || bytes.toString('base64') !== blob) return { problem: 'is cut off or mistyped' }
  const parts = readParts(bytes)
  if (parts === null || parts.length !== partsOf[type] + 1) return { problem: 'is cut off or mistyped' }
  if (parts[0]?.toString('latin1') !== type) return { problem: `says ${type}, but holds another kind of key` }
  const modulus = type === 'ssh-rsa' ? parts[2] : undefined
  if (modulus !== undefined && modulus.length < rsaBytesMin)
    return { problem: 'is an RSA key of fewer than 2048 bits' }
  return { key: { type, blob } }
}

function isPublicKeyType(type: string): type is PublicKeyType {
  return (publicKeyTypes as readonly string[]).includes(type)
}

/** Each part is its length in four bytes and as many bytes; null where they do not add up. */
function readParts(bytes: Buffer): readonly Buffer[] | null {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return null
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) return null
    parts.push(bytes.subarray(at + 4, end))
    at = end
  }
  return parts
}
