interface Provided {
  readonly types: readonly string[]
  readonly functions: readonly string[]
}

/** What the extensions that schemas commonly use bring along. */
const known: Readonly<Record<string, Provided>> = {
  citext: { types: ['citext'], functions: [] },
  hstore: { types: ['hstore'], functions: [] },
  ltree: { types: ['ltree', 'lquery'], functions: [] },
  cube: { types: ['cube'], functions: [] },
  vector: { types: ['vector', 'halfvec'], functions: [] },
  postgis: { types: ['geometry', 'geography', 'st_point'], functions: [] },
  'uuid-ossp': { types: [], functions: ['uuid_generate_v1', 'uuid_generate_v4'] },
  pgcrypto: { types: [], functions: ['gen_random_uuid', 'crypt', 'digest'] },
  pg_trgm: { types: [], functions: ['similarity'] },
  unaccent: { types: [], functions: ['unaccent'] },
  plpgsql: { types: [], functions: [] },
  pg_stat_statements: { types: [], functions: [] },
}

/** Of an extension that is not known, any type and any function may come. */
export function providedBy(extension: string): Provided {
  return known[extension] ?? { types: ['*'], functions: ['*'] }
}
