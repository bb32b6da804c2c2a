import { hash, randomBytes } from 'node:crypto'
import type { ClaimId } from '@conduct/core'

const secretBytes = 32
/** Random bytes are drawn for so many secrets at once: the draw costs more than the bytes. */
const secretsPerDraw = 32

/** A fresh secret of 256 bits. It proves a claim; the store only ever sees its hash. */
export function newSecret(): string {
  if (drawn.length === 0) drawn = randomBytes(secretBytes * secretsPerDraw)
  const bytes = drawn.subarray(0, secretBytes)
  drawn = drawn.subarray(secretBytes)
  const secret = bytes.toString('base64url')
  bytes.fill(0)
  return secret
}

let drawn = Buffer.alloc(0)

/** SHA-256 of a secret, hex: what the lane's document keeps. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/**
 * The claim that a secret makes when it is new to a lane: one secret is one claim, however often and from whichever
 * process it is asked with, so that asking again settles an unknown answer. It tells nothing about the secret.
 */
export function claimOfSecret(secret: string): ClaimId {
  return hash('sha256', `conduct claim\0${secret}`, 'hex').slice(0, 12) as ClaimId
}
