import { ConductError } from '@conduct/core'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import { signatureNamespace } from './allowed-signers.ts'
import { knownSignature } from './known-signature.ts'
import { type SshKeygenOptions, runSshKeygen } from './ssh-keygen.ts'

/**
 * Shows that this machine's ssh-keygen tells a good signature from a bad one, rather than that one of that name exists.
 *
 * @throws ConductError SSH_KEYGEN_MISSING (1) saying what it did instead
 */
export async function checkSshKeygen(options: SshKeygenOptions): Promise<void> {
  const { text, key, signature } = knownSignature
  const files = { signers: `known namespaces="${signatureNamespace}" ${key}\n`, signature }
  const verify = (stdin: string) =>
    runSshKeygen(
      ['-Y', 'verify', '-f', 'signers', '-I', 'known', '-n', signatureNamespace, '-s', 'signature'],
      { ...options, files, stdin },
    )
  const good = await verify(text)
  if (!succeeded(good)) {
    const said = `${describeOutcome(good)} ${outputTail(good)}`.trim()
    throw new ConductError('SSH_KEYGEN_MISSING', `this ssh-keygen cannot check signatures: ${said}`)
  }
  if (succeeded(await verify(`${text}and more\n`))) {
    throw new ConductError('SSH_KEYGEN_MISSING', 'this ssh-keygen finds a signature good that is not')
  }
}
