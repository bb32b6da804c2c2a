/**
 * One text for what a column's type makes of a constant: `0`, `'0'` and `0.0` are one default of a number, and `'t'` is true.
 * Where a default is set by itself, only the schema knows the type.
 */
export function defaultTextOf(type: string, text: string | undefined): string | undefined {
  const quoted = /^'(.*)'$/s.exec(text ?? '')
  const bare = quoted?.[1] ?? text
  if (bare === undefined) return undefined
  if (type === 'boolean' || type === 'tinyint(1)') {
    if (/^(t|true|1|on|y|yes)$/i.test(bare)) return 'true'
    return /^(f|false|0|off|n|no)$/i.test(bare) ? 'false' : text
  }
  const isWhole = /^(smallint|integer|bigint|int|tinyint|mediumint|serial|bigserial)/.test(type)
  if (!isWhole && !/^(numeric|decimal|float|double|real|money)/.test(type)) return text
  if (type.endsWith('[]') || bare.trim() === '' || !Number.isFinite(Number(bare))) {
    return bare === 'true' ? '1' : bare === 'false' ? '0' : text
  }
  return String(isWhole ? Math.trunc(Number(bare)) : Number(bare))
}
