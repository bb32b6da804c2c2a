import { hash, randomBytes } from 'node:crypto'
import type { ClaimId } from '@conduct/core'

/** A fresh secret of 256 bits. It proves a claim; the store only ever sees its hash. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

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
