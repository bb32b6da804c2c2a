/** Codes of findings about lanes.yaml; `conduct explain <CODE>` prints them. Exit 2 when one is an error. */
export interface FindingCodeEntry {
  readonly meaning: string
  readonly remedy: string
  readonly severity: 'error' | 'warning'
}

export const findingCodes = {
  YAML_SYNTAX: {
    meaning: 'The file is not valid YAML.',
    remedy: 'Correct the syntax at the place shown.',
    severity: 'error',
  },
} as const satisfies Record<string, FindingCodeEntry>
