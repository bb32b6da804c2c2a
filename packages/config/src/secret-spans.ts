/** What looks like a secret: well-known token forms, passwords in addresses, values given to secret-named options. */
const tokenPatterns: readonly RegExp[] = [
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\brubygems_[a-f0-9]{40,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bsk_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bHRKU-[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
]
// The last group is the secret itself.
const valuePatterns: readonly RegExp[] = [
  /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@{}$]+)@/gi,
  /(?:^|[\s"'])(?:--?)?[A-Za-z0-9_-]*(?:token|secret|passwd|password|api[_-]?key|private[_-]?key)[A-Za-z0-9_-]*=["']?([^\s"'${}]{8,})/gi,
  /(?:^|\s)--(?:[a-z0-9-]*-)?(?:token|secret|password|api-key)\s+["']?([^\s"'${}-][^\s"'${}]{7,})/gi,
  /\bBearer\s+([A-Za-z0-9._~+/-]{16,})/g,
  /[?&](?:[a-z_-]*)(?:token|secret|password|api_?key)=([^\s&{}$]{8,})/gi,
]

// `--token-file=…` says where a secret is, not what it is.
const namesPlace = /(?:file|path|dir|name|url|id|env|var|ttl|count|limit|length|type)s?=["']?$/i

export interface TextSpan {
  readonly from: number
  readonly to: number
}

export function findSecrets(text: string): readonly TextSpan[] {
  const spans: TextSpan[] = []
  for (const pattern of tokenPatterns) {
    for (const match of text.matchAll(pattern))
      spans.push({ from: match.index, to: match.index + match[0].length })
  }
  for (const pattern of valuePatterns) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? ''
      if (namesPlace.test(match[0].slice(0, match[0].lastIndexOf(secret)))) continue
      const from = match.index + match[0].lastIndexOf(secret)
      spans.push({ from, to: from + secret.length })
    }
  }
  return spans
    .sort((a, b) => a.from - b.from || b.to - a.to)
    .filter(
      (span, index, all) =>
        !all.slice(0, index).some((other) => other.from <= span.from && span.to <= other.to),
    )
}

/** For messages: every secret replaced by `***`. */
export function redactSecrets(text: string): string {
  return findSecrets(text).reduceRight(
    (rest, span) => `${rest.slice(0, span.from)}***${rest.slice(span.to)}`,
    text,
  )
}
