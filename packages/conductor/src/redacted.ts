/** Takes the secrets that are known out of a text. */
export type Redact = (text: string) => string

/** The same thing with every text in it redacted: what is written down outlives the screen it could be seen on. */
export function redacted<Value>(value: Value, redact: Redact): Value
export function redacted(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redacted(item, redact)]))
}
