import { assertNever } from '@conduct/core'
import { bypassEndsText, npmPublishingFacts } from './facts/npm-publishing.ts'
import type { PublishCredential } from './ports.ts'

export interface JudgedCredential {
  /** `ends`: it works now, and npm has said when it will not. */
  readonly verdict: 'fit' | 'unfit' | 'ends' | 'unknown'
  /** What it is, one sentence. */
  readonly detail: string
  /** What to do; null: nothing. */
  readonly remedy: string | null
}

export interface CredentialUse {
  readonly registry: string
  /** Every package that goes there is staged. */
  readonly isStaged: boolean
  readonly wallMs: number
}

const stage = 'Stage instead (staged: true), or publish by a workflow that npm trusts.'

/** Whether a credential fits what is to be done with it; npm's plans count at npm's own registry only. Pure. */
export function judgeCredential(credential: PublishCredential, use: CredentialUse): JudgedCredential {
  const at = use.registry
  switch (credential.kind) {
    case 'none':
      // A certificate or a helper program may be one all the same: who we are says the registry.
      return {
        verdict: 'unknown',
        detail: `No token for ${at} in npm's configuration.`,
        remedy: `Log in with npm login --registry ${at}.`,
      }
    case 'trusted':
      return use.isStaged
        ? fit(`The identity of this workflow at ${at}; it may stage, and may not look at what is staged.`)
        : fit(`The identity of this workflow at ${at}; whether it is trusted shows when it publishes.`)
    case 'classic':
      return unfit(
        `A classic token at ${at}; npm revoked them all on ${npmPublishingFacts.classicTokens.revokedOn}.`,
        `Log in with npm login --registry ${at}, or make a granular token.`,
      )
    case 'granular':
      return judgeGranular(credential, use)
    case 'session':
      return use.isStaged
        ? fit(`A login session at ${at}.`)
        : fit(
            `A login session at ${at}: publishing asks for the second factor, and lasts ${npmPublishingFacts.sessionTokens.lastHours} hours at most.`,
          )
    case 'password':
      return fit(`A user and password at ${at}.`)
    case 'unknown':
      return {
        verdict: 'unknown',
        detail: `A token at ${at}, of which kind is not known: ${credential.reason}.`,
        remedy: null,
      }
    default:
      return assertNever(credential)
  }
}

function judgeGranular(
  credential: Extract<PublishCredential, { readonly kind: 'granular' }>,
  { registry, isStaged, wallMs }: CredentialUse,
): JudgedCredential {
  const { bypasses2fa, isReadOnly, expiresAt } = credential
  if (isReadOnly) {
    return unfit(`A granular token at ${registry} that may only read.`, 'Use a token with write access.')
  }
  if (expiresAt !== null && Date.parse(expiresAt) <= wallMs) {
    return unfit(`A granular token at ${registry} that expired at ${expiresAt}.`, 'Make a new one.')
  }
  const until = expiresAt === null ? '' : `, until ${expiresAt}`
  if (isStaged || new URL(registry).host !== npmPublishingFacts.registryHost) {
    return fit(`A granular token at ${registry}${until}.`)
  }
  if (bypasses2fa === true) {
    return {
      verdict: 'ends',
      detail: `A granular token that bypasses 2FA at ${registry}${until}, used for direct publishing; ${bypassEndsText(wallMs)} (as of ${npmPublishingFacts.readOn}).`,
      remedy: stage,
    }
  }
  return bypasses2fa === false
    ? fit(`A granular token at ${registry}${until}: direct publishing asks a person for the second factor.`)
    : fit(`A granular token at ${registry}${until}.`)
}

function fit(detail: string): JudgedCredential {
  return { verdict: 'fit', detail, remedy: null }
}

function unfit(detail: string, remedy: string): JudgedCredential {
  return { verdict: 'unfit', detail, remedy }
}
