/**
 * Takes secrets out of everything that leaves the process: values of variables whose name says so, passwords
 * inside addresses, and tokens of well-known shapes. The last line of defence; those who know a secret redact
 * it earlier.
 */
export function createRedaction(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const values = Object.entries(env)
    .flatMap(([name, value]) => (value !== undefined && isSecret(name, value) ? [value] : []))
    .sort((a, b) => b.length - a.length)
  return (text) => {
    const withoutValues = values.reduce((rest, value) => rest.replaceAll(value, mark), text)
    return shapes.reduce(
      (rest, { pattern, replacement }) => rest.replaceAll(pattern, replacement),
      withoutValues,
    )
  }
}

const mark = '***'
/** Shorter values are words like `1` or `true`: replacing them would garble everything else. */
const SECRET_LENGTH_MIN = 8
const secretName =
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|_AUTH|OTP)$/i

function isSecret(name: string, value: string): boolean {
  if (value.length < SECRET_LENGTH_MIN || !secretName.test(name)) return false
  // The fencing token is public: a child reads it and people compare it.
  return name !== 'CONDUCT_TOKEN'
}

const shapes: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  { pattern: /(?<=[a-z][a-z\d+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi, replacement: mark },
  { pattern: /(?<=_authToken\s*=\s*|_password\s*=\s*)[^\s"']+/g, replacement: mark },
  { pattern: /(?<=\bauthorization:\s*(?:bearer|basic|token)\s+)[\w.~+/=-]{8,}/gi, replacement: mark },
  {
    pattern: /\bgh[pousr]_\w{20,}\b|\bgithub_pat_\w{20,}\b|\bnpm_[A-Za-z\d]{30,}\b|\bglpat-[\w-]{20,}/g,
    replacement: mark,
  },
  { pattern: /\bAKIA[A-Z\d]{16}\b|\bxox[abprs]-[\w-]{10,}|\brubygems_[a-f\d]{40,}\b/g, replacement: mark },
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
    replacement: mark,
  },
]
