import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Shorter values are words like `1` or `true`: taking them out would garble everything else. */
const secretLengthMin = 8
/** What npm keeps in an .npmrc to prove who it is; a value that names a variable is none. */
const credentialLine = /^[^#;\n]*(?:_authToken|_auth|_password)\s*=\s*["']?([^\s"'$]+)/gmu
/** Paths, options, addresses, and plain words like `production` say nothing that has to stay unsaid. */
const plainValue = /^(?:[/~.-].*|https?:\/\/[^\s@]*|[a-z]+|[\d.]+)$/u
const secretName = /TOKEN|SECRET|PASSW|PASSPHRASE|KEY|CREDENTIAL|AUTH|OTP/iu

/**
 * What a declared command knows and must not say: the values of the variables that `env:` passes to it, as far as
 * they could be secrets, and the registry credentials that lie in its reach. It is taken out of everything that
 * goes into journals, events, messages and reports; better a word too many than one too few.
 */
export async function secretsWithin(where: {
  readonly cwd: string
  readonly passEnv: readonly string[]
}): Promise<readonly string[]> {
  const npmrcs = [join(where.cwd, '.npmrc'), join(process.env['HOME'] ?? homedir(), '.npmrc')]
  const texts = await Promise.all(npmrcs.map((path) => readFile(path, 'utf8').catch(() => '')))
  const credentials = texts.flatMap((text) =>
    [...text.matchAll(credentialLine)].map((match) => match[1] ?? ''),
  )
  const passed = where.passEnv.flatMap((name) => {
    const value = process.env[name] ?? ''
    return secretName.test(name) || !plainValue.test(value) ? [value] : []
  })
  return [...new Set([...passed, ...credentials])].filter((value) => value.length >= secretLengthMin)
}
