import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
// oxlint-disable-next-line import/no-named-as-default -- its class is its default export
import Ajv from 'ajv-draft-04'
import addFormats from 'ajv-formats'

/** The schema of SARIF 2.1.0, as Microsoft publishes it with its tools. */
const schemaPath = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
)

let compiled: ReturnType<typeof compile> | undefined

/** @returns what the schema of SARIF 2.1.0 has against it, each with its place; empty for a log that is valid. */
export function sarifProblems(log: unknown): readonly string[] {
  compiled ??= compile()
  if (compiled(log)) return []
  return (compiled.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${message ?? 'is not valid'}`,
  )
}

function compile() {
  // One of its patterns is none under the stricter rules.
  const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false })
  addFormats.default(ajv)
  return ajv.compile(JSON.parse(readFileSync(schemaPath, 'utf8')) as object)
}
