import { asText, type UnknownRecord } from '../unknown.ts'

const strongestFirst = ['sha512', 'sha384', 'sha256', 'sha1'] as const
const digest = /^(sha512|sha384|sha256|sha1)-([A-Za-z0-9+/]+={0,2})(?:\?[\x21-\x7E]*)?$/

/**
 * The strongest integrity that a registry states of a tarball, as one SRI; null where it states none that can be
 * compared. Very old entries hold a hexadecimal SHA-1 only.
 */
export function integrityIn(dist: UnknownRecord): string | null {
  const stated = (asText(dist['integrity']) ?? '').split(/\s+/).flatMap((one) => {
    const found = digest.exec(one)
    return found === null ? [] : [{ algorithm: found[1], sri: `${found[1]}-${found[2]}` }]
  })
  for (const algorithm of strongestFirst) {
    const found = stated.find((one) => one.algorithm === algorithm)
    if (found !== undefined) return found.sri
  }
  const shasum = asText(dist['shasum']) ?? ''
  return /^[0-9a-f]{40}$/i.test(shasum) ? `sha1-${Buffer.from(shasum, 'hex').toString('base64')}` : null
}
