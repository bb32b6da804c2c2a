import { type Person, type PublicKey, readPublicKey } from '@conduct/config'

/** The purpose a signature is made for: one made for commits or files is none of a plan. */
export const signatureNamespace = 'conduct-approval'

/**
 * The people of the governing lanes.yaml as a file of allowed signers. Nobody's name and no comment of a key stands in
 * it: each line has a principal of our own making, the one purpose, and the two checked words of a key. Pure.
 *
 * Source: ssh-keygen(1), "ALLOWED SIGNERS"; names there are patterns, and options may precede a key.
 */
export interface AllowedSigners {
  readonly text: string
  /** Null: lanes.yaml lists no usable key for this person. */
  readonly principalOf: (person: string) => string | null
  readonly keyOf: (person: string) => PublicKey | null
  readonly personOf: (principal: string) => string | null
}

export function allowedSignersOf(people: ReadonlyMap<string, Person>): AllowedSigners {
  const listed = [...people].flatMap(([person, { kind, signingKey }], index) => {
    if (kind === 'agent' || signingKey === null) return []
    const read = readPublicKey(signingKey)
    return 'key' in read ? [{ person, principal: `person-${index}`, key: read.key }] : []
  })
  const of = (person: string) => listed.find((one) => one.person === person) ?? null
  return {
    text: listed
      .map(
        ({ principal, key }) => `${principal} namespaces="${signatureNamespace}" ${key.type} ${key.blob}\n`,
      )
      .join(''),
    principalOf: (person) => of(person)?.principal ?? null,
    keyOf: (person) => of(person)?.key ?? null,
    personOf: (principal) => listed.find((one) => one.principal === principal)?.person ?? null,
  }
}
