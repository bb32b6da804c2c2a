import type { Fact } from './fact.ts'

export interface MysqlFact extends Fact {
  /** It is done by `ALGORITHM=INSTANT`, unless something that is not stands in the same statement. */
  readonly isInstant: boolean
  /** False: nobody has held it against the manual yet, let alone a server. */
  readonly isConfirmed: boolean
}

/**
 * What MySQL does, by its manual: nothing here was measured. It holds for 8.0.29 and newer; every statement takes an exclusive lock on
 * the metadata of its table, at the least for a moment at its end, and commits.
 */
// prettier-ignore
export const mysqlFacts = [
  { key: 'add_column_last', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'S1', note: 'INSTANT default from 8.0.12; each INSTANT add/drop consumes a row version (64, 255 from 9.1.0); not on FULLTEXT or ROW_FORMAT=COMPRESSED tables; not AUTO_INCREMENT; not with expression DEFAULT; one ALTER mixing it with a non-INSTANT action loses INSTANT' },
  { key: 'add_column_first_or_after', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'S1', note: 'before 8.0.29 only last position is INSTANT' },
  { key: 'add_column_auto_increment', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: 'concurrent DML not permitted' },
  { key: 'add_column_expression_default', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: '' },
  { key: 'drop_column', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'D', note: 'not if column is in an index, FULLTEXT or COMPRESSED table' },
  { key: 'rename_column', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'D', note: 'not INSTANT when referenced by a foreign key; breaks running code' },
  { key: 'reorder_columns', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: '' },
  { key: 'set_default', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'S1', note: '' },
  { key: 'drop_default', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'S1', note: '' },
  { key: 'change_type', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: 'COPY blocks writes for the whole copy' },
  { key: 'extend_varchar', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'S1', note: 'only while the length-byte count is unchanged (<=255 or >=256); shrinking is COPY' },
  { key: 'set_null', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: '' },
  { key: 'set_not_null', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: 'fails if NULLs exist' },
  { key: 'enum_append', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: true, cls: 'S1', note: 'append only, storage size must not change (255 enum / 8 set boundary)' },
  { key: 'set_auto_increment', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'S1', note: '' },
  { key: 'add_virtual_generated', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: false, cls: 'S1', note: '' },
  { key: 'add_stored_generated', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: false, cls: 'B2', note: '' },
  { key: 'create_index', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'S2', note: 'waits for open transactions on the table before finishing' },
  { key: 'create_unique_index', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B1', note: 'fails on duplicates' },
  { key: 'drop_index', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'D', note: '' },
  { key: 'rename_index', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'S1', note: '' },
  { key: 'add_fulltext', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B1', note: 'first FULLTEXT index rebuilds unless FTS_DOC_ID exists' },
  { key: 'add_spatial', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B1', note: '' },
  { key: 'add_fk', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }, { on: 'referenced', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'B2', note: 'with foreign_key_checks=1 only COPY; also takes MDL on the parent' },
  { key: 'drop_fk', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'D', note: '' },
  { key: 'add_primary_key', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: false, cls: 'B2', note: '' },
  { key: 'drop_primary_key', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: false, cls: 'B2', note: '' },
  { key: 'rename_table', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: true, isConfirmed: false, cls: 'D', note: 'breaks running code' },
  { key: 'convert_charset', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: false, cls: 'B2', note: '' },
  { key: 'add_check', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: true, scan: 'rewrite', blocksReads: false, blocksWrites: true, transactional: 'no', isInstant: false, isConfirmed: false, cls: 'B2', note: '8.0.16+; NOT ENFORCED is metadata' },
  { key: 'create_table', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'referenced', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: false, cls: 'S0', note: 'with FK: MDL on parent' },
  { key: 'drop_table', since: 8, until: 9, strongest: 'METADATA EXCLUSIVE', locks: [{ on: 'subject', mode: 'METADATA EXCLUSIVE' }], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'no', isInstant: false, isConfirmed: true, cls: 'D', note: '8.0.23+ drops faster (no long buffer-pool scan, per Vitess capability list)' },
] as const satisfies readonly MysqlFact[]

export type MysqlFactKey = (typeof mysqlFacts)[number]['key']

const rows = new Map<string, MysqlFact>(mysqlFacts.map((row) => [row.key, row]))

export function lookUpMysqlFact(key: MysqlFactKey): MysqlFact | undefined {
  return rows.get(key)
}
