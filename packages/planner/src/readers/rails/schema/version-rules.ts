/** What `ActiveRecord::Migration[x.y]` changes: each migration keeps the meaning it had when it was written. */
export interface VersionRules {
  readonly idType: 'integer' | 'bigint'
  readonly uuidDefault: string
  readonly areTimestampsNullable: boolean
  /** Those that come to a table which is there. */
  readonly areAddedTimestampsNullable: boolean
  readonly timestampsPrecision: number | null
  readonly datetimePrecision: number | null
  readonly areReferencesIndexed: boolean
  /** Whether `index:` beside a column is understood at all. */
  readonly isColumnIndexKnown: boolean
  /** Of a string on Postgres, where none is given. */
  readonly stringLimit: number | null
  /** Before Rails had foreign keys, a library brought them: `orders_shop_id_fk`. */
  readonly areForeignKeysOfLibrary: boolean
  /** `index_pets_on_owner` in place of `index_pets_on_owner_type_and_owner_id`. */
  readonly isPolymorphicIndexShort: boolean
  readonly areLongIndexNamesShortened: boolean
  readonly isExtensionDropCascading: boolean
}

/** The meaning of a migration without a version: the oldest that still counts. */
export const versionBefore5 = 4.2
/** The meaning of a schema file without one: those were written until 6.1. */
export const versionOfOldSchema = 6.1

/** @param version as in the brackets, or of the Rails that ran it: 3.1 to the newest, which later ones are read as. */
export function rulesOf(version: number): VersionRules {
  return {
    idType: version >= 5.1 ? 'bigint' : 'integer',
    uuidDefault: version >= 5.1 ? 'gen_random_uuid()' : 'uuid_generate_v4()',
    areTimestampsNullable: version < 3 || (version >= 4 && version < 5),
    areAddedTimestampsNullable: version < 5,
    timestampsPrecision: version >= 6 ? 6 : null,
    datetimePrecision: version >= 7 ? 6 : null,
    areReferencesIndexed: version >= 5,
    isColumnIndexKnown: version >= 4,
    stringLimit: version < 4.2 ? 255 : null,
    areForeignKeysOfLibrary: version < 4.2,
    isPolymorphicIndexShort: version >= 6.1,
    areLongIndexNamesShortened: version >= 7.1,
    isExtensionDropCascading: version < 7.1,
  }
}
