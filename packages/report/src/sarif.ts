/** SARIF 2.1.0, as code review at GitHub and elsewhere reads it: rules, and what they found at which lines. */

export type SarifLevel = 'error' | 'warning' | 'note'

export interface SarifRegion {
  readonly file: string
  readonly line: number
  /** From 1, in UTF-16 units; the end is exclusive. */
  readonly span?: { readonly column: number; readonly endLine: number; readonly endColumn: number }
}

export interface SarifResult {
  readonly rule: string
  readonly level: SarifLevel
  readonly message: string
  readonly place: SarifRegion
  readonly related?: readonly { readonly place: SarifRegion; readonly message: string }[]
}

export interface SarifOptions {
  readonly version: string
  /** What was run, as in `conduct/review/`. */
  readonly id: string
  readonly rules: readonly { readonly id: string; readonly text: string; readonly level: SarifLevel }[]
  readonly results: readonly SarifResult[]
  readonly properties?: Readonly<Record<string, unknown>>
}

export function toSarif({
  version,
  id,
  rules,
  results,
  properties,
}: SarifOptions): Readonly<Record<string, unknown>> {
  const indexes = new Map(rules.map((rule, index) => [rule.id, index]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'conduct',
            semanticVersion: version,
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.text },
              defaultConfiguration: { level: rule.level },
            })),
          },
        },
        automationDetails: { id },
        columnKind: 'utf16CodeUnits',
        results: results.map(({ rule, level, message, place, related = [] }) => ({
          ruleId: rule,
          ruleIndex: indexes.get(rule) ?? -1,
          level,
          message: { text: message },
          locations: [locationOf(place)],
          ...(related.length === 0
            ? {}
            : {
                relatedLocations: related.map((each, at) => ({
                  id: at,
                  ...locationOf(each.place),
                  message: { text: each.message },
                })),
              }),
        })),
        ...(properties === undefined ? {} : { properties }),
      },
    ],
  }
}

/** A path of the repository, as a reference that is relative to its top. */
function locationOf({ file, line, span }: SarifRegion): Readonly<Record<string, unknown>> {
  const uri = file.split('/').map(encodeURIComponent).join('/')
  const region =
    span === undefined
      ? { startLine: line }
      : { startLine: line, startColumn: span.column, endLine: span.endLine, endColumn: span.endColumn }
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region } }
}
