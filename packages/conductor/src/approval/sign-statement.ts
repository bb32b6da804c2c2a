import { resolve } from 'node:path'
import type { LanesConfig } from '@conduct/config'
import { ConductError } from '@conduct/core'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import { allowedSignersOf, signatureNamespace } from './allowed-signers.ts'
import { type SshKeygenOptions, runSshKeygen, signTimeoutMs } from './ssh-keygen.ts'
import { type Statement, renderStatement } from './statement.ts'

/**
 * Signs a statement with the key that lanes.yaml lists for its approver, held by an agent (SSH_AUTH_SOCK), or with a
 * key file. Which key it was is not believed: the signature is checked afterwards like any other.
 *
 * @param options.keyFile a private key, or a public one whose private half an agent holds; null: the listed key
 * @returns the armored signature
 * @throws ConductError SIGNING_FAILED (6), SSH_KEYGEN_MISSING (1)
 */
export async function signStatement(
  statement: Statement,
  options: SshKeygenOptions & {
    readonly config: Pick<LanesConfig, 'people'>
    readonly keyFile: string | null
    readonly cwd: string
  },
): Promise<string> {
  const key = allowedSignersOf(options.config.people).keyOf(statement.by)
  if (key === null) {
    throw new ConductError('SIGNING_FAILED', `lanes.yaml lists no signing_key for ${statement.by}`, {
      hint: `Add signing_key to ${statement.by} in lanes.yaml.`,
    })
  }
  // An absolute path never reads as an option.
  const place = options.keyFile === null ? 'listed.pub' : resolve(options.cwd, options.keyFile)
  const result = await runSshKeygen(['-Y', 'sign', '-n', signatureNamespace, '-f', place], {
    ...options,
    files: options.keyFile === null ? { 'listed.pub': `${key.type} ${key.blob}\n` } : {},
    stdin: renderStatement(statement),
    timeoutMs: signTimeoutMs,
  })
  if (succeeded(result) && result.stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return result.stdout
  throw new ConductError(
    'SIGNING_FAILED',
    `ssh-keygen did not sign for ${statement.by}: ${describeOutcome(result)} ${outputTail(result)}`.trim(),
    options.keyFile === null
      ? {
          hint: `Add the key that lanes.yaml lists for ${statement.by} to your agent (ssh-add), or name its file with --key.`,
        }
      : {
          hint: 'A key with a passphrase is signed with by way of an agent: ssh-add it, and leave --key out.',
        },
  )
}
