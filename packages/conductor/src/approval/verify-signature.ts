import { createHash } from 'node:crypto'
import type { LanesConfig } from '@conduct/config'
import { succeeded } from '../command-outcome.ts'
import { type AllowedSigners, allowedSignersOf, signatureNamespace } from './allowed-signers.ts'
import { type SshKeygenOptions, runSshKeygen } from './ssh-keygen.ts'
import { type Statement, renderStatement } from './statement.ts'

export type SignatureVerdict =
  /** `key` is its fingerprint, as ssh-keygen and forges show it. */
  { readonly isGood: true; readonly key: string } | { readonly isGood: false; readonly because: string }

/** A signature is a few hundred characters; with a large RSA key about two thousand. */
const signatureLengthMax = 16_384

/**
 * Whether this is the approver's own signature of exactly this statement, made for approvals, by the key that the given
 * lanes.yaml lists: only the governing one may be given.
 *
 * @throws ConductError SSH_KEYGEN_MISSING (1): what cannot be checked is not good
 */
export async function verifySignature(
  signed: { readonly statement: Statement; readonly signature: string },
  options: SshKeygenOptions & { readonly config: Pick<LanesConfig, 'people'> },
): Promise<SignatureVerdict> {
  const { statement, signature } = signed
  const signers = allowedSignersOf(options.config.people)
  const principal = signers.principalOf(statement.by)
  const key = signers.keyOf(statement.by)
  if (principal === null || key === null) {
    return { isGood: false, because: `lanes.yaml lists no signing_key for ${statement.by}` }
  }
  if (signature.length > signatureLengthMax) return { isGood: false, because: 'it is no SSH signature' }
  const files = { signers: signers.text, signature }
  const result = await runSshKeygen(
    ['-Y', 'verify', '-f', 'signers', '-I', principal, '-n', signatureNamespace, '-s', 'signature'],
    { ...options, files, stdin: renderStatement(statement) },
  )
  if (!succeeded(result)) {
    return { isGood: false, because: await whoSigned({ signers, signature, by: statement.by }, options) }
  }
  const digest = createHash('sha256').update(Buffer.from(key.blob, 'base64')).digest('base64')
  return { isGood: true, key: `SHA256:${digest.replace(/=+$/, '')}` }
}

/** For people: whose key it was, where it was not the approver's. */
async function whoSigned(
  signed: { readonly signers: AllowedSigners; readonly signature: string; readonly by: string },
  options: SshKeygenOptions,
): Promise<string> {
  const { signers, signature, by } = signed
  const found = await runSshKeygen(['-Y', 'find-principals', '-f', 'signers', '-s', 'signature'], {
    ...options,
    files: { signers: signers.text, signature },
  })
  const person = succeeded(found) ? signers.personOf(found.stdout.trim().split('\n')[0] ?? '') : null
  if (person === by) return `it is ${by}'s key, but not of this plan, this text or this purpose`
  return person === null
    ? `it was not made with the key that lanes.yaml lists for ${by}`
    : `it was made with the key of ${person}, not of ${by}`
}
