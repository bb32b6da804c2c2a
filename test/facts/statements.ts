import type { FactClass } from '@conduct/planner'

/**
 * What the facts are measured on, and the statement of each row. The names of tables say nothing; a statement's first one is its
 * subject.
 */
export const factFixture = `
  create role postgres;
  create function tf() returns trigger language plpgsql as 'begin return new; end';
  create type mood as enum ('a', 'b');
  create type e9 as enum ('x');
  create domain posint as integer check (value > 0);
  create schema sx;
  create sequence sq;
  create table u (id bigint primary key, name text, n integer, code varchar(50), amt numeric(10,2),
    ts timestamp, created timestamptz default now());
  insert into u select i, 'n' || i, i, 'c', i, '2026-01-01', now() from generate_series(1, 500) i;
  create table o (id bigint not null, uid bigint, n integer, txt text, nn bigint not null, constraint o_id unique (id));
  insert into o select i, i, i, 't', i from generate_series(1, 500) i;
  create index o_n on o (n);
  create unique index o_nn on o (nn);
  alter table o add constraint o_chk_nv check (n > 0) not valid;
  alter table o add constraint o_fk_nv foreign key (uid) references u (id) not valid;
  create trigger trg0 before insert on o for each row execute procedure tf();
  create table fkd (id bigint primary key, uid bigint constraint fkd_uid_fkey references u (id));
  insert into fkd select i, i from generate_series(501, 600) i where false;
  create table nnc (id bigint primary key, v text, constraint v_there check (v is not null));
  insert into nnc select i, 'v' from generate_series(1, 500) i;
  create view vw as select id from nnc;
  create materialized view mv as select id, v from nnc;
  create unique index mv_id on mv (id);
  create table ixv (id bigint, c varchar(50));
  create index ixv_i on ixv (c);
  insert into ixv select i, 'c' from generate_series(1, 500) i;
  create table loose (id bigint not null, k bigint);
  insert into loose select i, 15 from generate_series(1, 500) i;
  create table bare (id bigint);
  create table lu (id bigint not null);
  create unique index lu_i on lu (id);
  create table emptyt (id bigint);
  create table part (id bigint, k bigint) partition by range (k);
  create table part1 partition of part for values from (0) to (10);
  create index part_k on part (k);
  insert into part select i, 5 from generate_series(1, 100) i;
`

/** Only where the major has the syntax. */
export const laterFixtures: readonly (readonly [since: number, sql: string])[] = [
  [
    18,
    'create table nv18 (id bigint, txt text); alter table nv18 add constraint nv18_nn not null txt not valid',
  ],
]

export interface FactStatement {
  /** The major that brought it; absent: all that are measured have it. */
  readonly since?: number
  readonly sql: string
  /** What no server measures: whether it adds, changes behaviour, takes away or moves rows. A scan or a rewrite makes it worse. */
  readonly judged: Exclude<FactClass, 'B1' | 'B2'>
  readonly note?: string
  /** How the session is set. */
  readonly setting?: string
  /** Uses what it added, in the same transaction. */
  readonly use?: string
  /** It runs in no transaction: locks of others, which it waits for one after another, so that its own can be seen meanwhile. */
  readonly blockers?: readonly string[]
}

// prettier-ignore
export const factStatements: Readonly<Record<string, FactStatement>> = {
  create_table: { sql: 'CREATE TABLE nt (id bigserial primary key, a text)', judged: 'S0' },
  create_table_with_fk: { sql: 'CREATE TABLE nt (id bigserial primary key, uid bigint REFERENCES u(id))', judged: 'S1', note: 'a NEW table is not lock-free: referenced table gets SHARE ROW EXCLUSIVE (writers blocked until commit)' },
  create_table_like: { sql: 'CREATE TABLE nt (LIKE u INCLUDING ALL)', judged: 'S0' },
  create_table_as: { sql: 'CREATE TABLE nt AS SELECT * FROM u', judged: 'S0' },
  drop_table: { sql: 'DROP TABLE nnc CASCADE', judged: 'D' },
  drop_table_with_fk: { sql: 'DROP TABLE fkd', judged: 'D', note: 'referenced table also gets ACCESS EXCLUSIVE' },
  truncate: { sql: 'TRUNCATE o', judged: 'D' },
  rename_table: { sql: 'ALTER TABLE u RENAME TO u2', judged: 'D', note: 'metadata-only; breaks running code' },
  add_column_nullable: { sql: 'ALTER TABLE u ADD COLUMN c1 text', judged: 'S1' },
  add_column_const_default: { sql: 'ALTER TABLE u ADD COLUMN c1 int DEFAULT 5', judged: 'S1' },
  add_column_not_null_const_default: { sql: 'ALTER TABLE u ADD COLUMN c1 boolean NOT NULL DEFAULT false', judged: 'S1' },
  add_column_stable_default_now: { sql: 'ALTER TABLE u ADD COLUMN c1 timestamptz DEFAULT now()', judged: 'S1', note: 'now()/CURRENT_TIMESTAMP are STABLE: no rewrite; several published linters say otherwise' },
  add_column_volatile_default: { sql: 'ALTER TABLE u ADD COLUMN c1 double precision DEFAULT random()', judged: 'S1' },
  add_column_not_null_no_default: { sql: 'ALTER TABLE emptyt ADD COLUMN c1 int NOT NULL', judged: 'S1', note: 'fails if the table has rows; measured on an empty table' },
  add_column_serial: { sql: 'ALTER TABLE u ADD COLUMN c1 bigserial', judged: 'S1' },
  add_column_identity: { sql: 'ALTER TABLE u ADD COLUMN c1 bigint GENERATED ALWAYS AS IDENTITY', judged: 'S1' },
  add_column_with_fk_inline: { sql: 'ALTER TABLE o ADD COLUMN c1 bigint REFERENCES u(id)', judged: 'S1', note: 'column is new and NULL, so no validation scan; still locks the referenced table' },
  add_column_with_check_inline: { sql: 'ALTER TABLE u ADD COLUMN c1 int CHECK (c1 > 0)', judged: 'S1' },
  add_column_with_unique_inline: { sql: 'ALTER TABLE u ADD COLUMN c1 int UNIQUE', judged: 'S1' },
  add_column_domain_constrained: { sql: 'ALTER TABLE u ADD COLUMN c1 posint DEFAULT 5', judged: 'S1' },
  drop_column: { sql: 'ALTER TABLE u DROP COLUMN name', judged: 'D', note: 'metadata-only, space reclaimed later; breaks running code that names the column' },
  rename_column: { sql: 'ALTER TABLE u RENAME COLUMN name TO name2', judged: 'D', note: 'metadata-only on every measured version 11-18; breaks running code' },
  set_default: { sql: 'ALTER TABLE u ALTER COLUMN n SET DEFAULT 3', judged: 'S1' },
  drop_default: { sql: 'ALTER TABLE u ALTER COLUMN created DROP DEFAULT', judged: 'S1b' },
  set_not_null: { sql: 'ALTER TABLE o ALTER COLUMN txt SET NOT NULL', judged: 'S1' },
  set_not_null_with_valid_check: { sql: 'ALTER TABLE nnc ALTER COLUMN v SET NOT NULL', judged: 'S1', note: 'PG12+ proves it from a valid CHECK (c IS NOT NULL): no scan; PG11 scans' },
  drop_not_null: { sql: 'ALTER TABLE o ALTER COLUMN nn DROP NOT NULL', judged: 'S1' },
  type_varchar_widen: { sql: 'ALTER TABLE u ALTER COLUMN code TYPE varchar(100)', judged: 'S1' },
  type_varchar_narrow: { sql: 'ALTER TABLE u ALTER COLUMN code TYPE varchar(20)', judged: 'S1' },
  type_varchar_to_text: { sql: 'ALTER TABLE u ALTER COLUMN code TYPE text', judged: 'S1' },
  type_text_to_varchar: { sql: 'ALTER TABLE u ALTER COLUMN name TYPE varchar(50)', judged: 'S1' },
  type_varchar_unbounded: { sql: 'ALTER TABLE u ALTER COLUMN code TYPE varchar', judged: 'S1' },
  type_int_to_bigint: { sql: 'ALTER TABLE u ALTER COLUMN n TYPE bigint', judged: 'S1' },
  type_numeric_widen_precision: { sql: 'ALTER TABLE u ALTER COLUMN amt TYPE numeric(14,2)', judged: 'S1' },
  type_numeric_change_scale: { sql: 'ALTER TABLE u ALTER COLUMN amt TYPE numeric(14,4)', judged: 'S1' },
  type_timestamp_to_timestamptz_utc: { sql: 'ALTER TABLE u ALTER COLUMN ts TYPE timestamptz', judged: 'S1', note: 'PG12+ and session TimeZone=UTC: no rewrite; otherwise rewrite' },
  type_timestamp_to_timestamptz_nonutc: { sql: 'ALTER TABLE u ALTER COLUMN ts TYPE timestamptz', judged: 'S1', setting: "set local timezone to 'Europe/Berlin'" },
  type_indexed_col_varchar: { sql: 'ALTER TABLE ixv ALTER COLUMN c TYPE varchar(100)', judged: 'S1', note: 'index kept (no rebuild) but its relation is locked' },
  type_indexed_col_varchar_to_text: { sql: 'ALTER TABLE ixv ALTER COLUMN c TYPE text', judged: 'S1', note: 'index kept (no rebuild)' },
  set_statistics: { sql: 'ALTER TABLE u ALTER COLUMN n SET STATISTICS 200', judged: 'S1' },
  set_storage: { sql: 'ALTER TABLE u ALTER COLUMN name SET STORAGE EXTERNAL', judged: 'S1b' },
  set_reloption_fillfactor: { sql: 'ALTER TABLE u SET (fillfactor=70)', judged: 'S1b' },
  set_reloption_autovacuum: { sql: 'ALTER TABLE u SET (autovacuum_vacuum_scale_factor=0.01)', judged: 'S1b' },
  set_unlogged: { sql: 'ALTER TABLE nnc SET UNLOGGED', judged: 'S1' },
  create_index: { sql: 'CREATE INDEX nidx ON u(n)', judged: 'S1' },
  create_unique_index: { sql: 'CREATE UNIQUE INDEX nidx ON u(n)', judged: 'S1' },
  drop_index: { sql: 'DROP INDEX o_n', judged: 'D', note: 'blocks reads and writes for an instant (ACCESS EXCLUSIVE on the table)' },
  rename_index: { sql: 'ALTER INDEX o_n RENAME TO o_n2', judged: 'S1b' },
  reindex_index: { sql: 'REINDEX INDEX o_n', judged: 'S1', note: 'readers wait for the index, which they lock when they plan' },
  reindex_table: { sql: 'REINDEX TABLE o', judged: 'S1', note: 'readers wait for its indexes, which they lock when they plan' },
  add_primary_key: { sql: 'ALTER TABLE bare ADD PRIMARY KEY (id)', judged: 'S1' },
  add_primary_key_using_index: { sql: 'ALTER TABLE lu ADD CONSTRAINT lupk PRIMARY KEY USING INDEX lu_i', judged: 'S1', note: 'index must be valid and column NOT NULL, else a scan' },
  add_unique_constraint: { sql: 'ALTER TABLE u ADD CONSTRAINT uq UNIQUE (n)', judged: 'S1' },
  add_unique_using_index: { sql: 'ALTER TABLE o ADD CONSTRAINT uq UNIQUE USING INDEX o_nn', judged: 'S1' },
  add_exclusion_constraint: { sql: 'ALTER TABLE u ADD CONSTRAINT ex EXCLUDE USING btree (n WITH =)', judged: 'S1' },
  add_check: { sql: 'ALTER TABLE u ADD CONSTRAINT ck CHECK (n > 0)', judged: 'S1' },
  add_check_not_valid: { sql: 'ALTER TABLE u ADD CONSTRAINT ck CHECK (n > 0) NOT VALID', judged: 'S1' },
  validate_check: { sql: 'ALTER TABLE o VALIDATE CONSTRAINT o_chk_nv', judged: 'S2' },
  add_fk: { sql: 'ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (uid) REFERENCES u(id)', judged: 'S1' },
  add_fk_not_valid: { sql: 'ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (uid) REFERENCES u(id) NOT VALID', judged: 'S1' },
  validate_fk: { sql: 'ALTER TABLE o VALIDATE CONSTRAINT o_fk_nv', judged: 'S2' },
  drop_constraint_check: { sql: 'ALTER TABLE o DROP CONSTRAINT o_chk_nv', judged: 'S1b' },
  drop_constraint_fk: { sql: 'ALTER TABLE o DROP CONSTRAINT o_fk_nv', judged: 'S1b', note: 'referenced table also gets ACCESS EXCLUSIVE' },
  rename_constraint: { sql: 'ALTER TABLE o RENAME CONSTRAINT o_chk_nv TO x', judged: 'S1b' },
  create_enum: { sql: "CREATE TYPE e2 AS ENUM ('x')", judged: 'S0' },
  enum_add_value: { sql: "ALTER TYPE mood ADD VALUE 'c'", judged: 'S1', note: 'PG<=11 cannot run in a transaction block; PG12+ can, but the new value cannot be USED in the same transaction', use: "select 'c'::mood" },
  enum_rename_value: { sql: "ALTER TYPE mood RENAME VALUE 'a' TO 'z'", judged: 'D' },
  create_view: { sql: 'CREATE VIEW v2 AS SELECT id FROM u', judged: 'S0' },
  replace_view: { sql: 'CREATE OR REPLACE VIEW vw AS SELECT id FROM nnc', judged: 'S1b', note: 'view itself ACCESS EXCLUSIVE, tables ACCESS SHARE' },
  drop_view: { sql: 'DROP VIEW vw', judged: 'S1b' },
  create_matview: { sql: 'CREATE MATERIALIZED VIEW mv2 AS SELECT * FROM u', judged: 'S0' },
  refresh_matview: { sql: 'REFRESH MATERIALIZED VIEW mv', judged: 'S1' },
  refresh_matview_concurrently: { sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY mv', judged: 'S2' },
  create_trigger: { sql: 'CREATE TRIGGER trg BEFORE INSERT ON u FOR EACH ROW EXECUTE PROCEDURE tf()', judged: 'S1b', note: 'SHARE ROW EXCLUSIVE; DROP TRIGGER is ACCESS EXCLUSIVE' },
  drop_trigger: { sql: 'DROP TRIGGER trg0 ON o', judged: 'S1b' },
  disable_trigger: { sql: 'ALTER TABLE o DISABLE TRIGGER trg0', judged: 'S1b' },
  create_function: { sql: "CREATE FUNCTION f2() RETURNS int LANGUAGE sql AS 'select 1'", judged: 'S0' },
  create_sequence: { sql: 'CREATE SEQUENCE s2', judged: 'S0' },
  alter_sequence: { sql: 'ALTER SEQUENCE sq RESTART WITH 10', judged: 'S1b' },
  create_schema: { sql: 'CREATE SCHEMA s3', judged: 'S0' },
  comment_table: { sql: "COMMENT ON TABLE u IS 'x'", judged: 'S1' },
  comment_column: { sql: "COMMENT ON COLUMN u.n IS 'x'", judged: 'S1' },
  grant: { sql: 'GRANT SELECT ON u TO PUBLIC', judged: 'S1b', note: 'PG18 takes ACCESS SHARE on the relation' },
  enable_rls: { sql: 'ALTER TABLE u ENABLE ROW LEVEL SECURITY', judged: 'S1b' },
  create_policy: { sql: 'CREATE POLICY pl ON u USING (true)', judged: 'S1b' },
  create_partition_of: { sql: 'CREATE TABLE part2 PARTITION OF part FOR VALUES FROM (10) TO (20)', judged: 'S1', note: 'ACCESS EXCLUSIVE on the parent' },
  attach_partition: { sql: 'ALTER TABLE part ATTACH PARTITION loose FOR VALUES FROM (10) TO (20)', judged: 'S1', note: 'PG11: ACCESS EXCLUSIVE on parent; PG12+: SHARE UPDATE EXCLUSIVE on parent; attached table ACCESS EXCLUSIVE and scanned unless a matching CHECK exists' },
  detach_partition: { sql: 'ALTER TABLE part DETACH PARTITION part1', judged: 'D' },
  drop_partition: { sql: 'DROP TABLE part1', judged: 'D' },
  cluster: { sql: 'CLUSTER o USING o_n', judged: 'S1' },
  create_statistics: { sql: 'CREATE STATISTICS st ON n, name FROM u', judged: 'S1' },
  update_all: { sql: "UPDATE u SET name='y'", judged: 'X' },
  update_where: { sql: "UPDATE u SET name='y' WHERE id=1", judged: 'X' },
  delete_where: { sql: 'DELETE FROM o WHERE id=1', judged: 'X' },
  insert_select: { sql: 'INSERT INTO fkd SELECT id,id FROM u', judged: 'X' },
  select: { sql: 'SELECT * FROM u', judged: 'S0' },
  select_for_update: { sql: 'SELECT * FROM u WHERE id=1 FOR UPDATE', judged: 'S0' },
  lock_table: { sql: 'LOCK TABLE u', judged: 'S0' },
  analyze: { sql: 'ANALYZE u', judged: 'S2' },
  bulk_3_add_columns_same_table: { sql: 'ALTER TABLE u ADD COLUMN c1 text, ADD COLUMN c2 int DEFAULT 3, ADD COLUMN c3 boolean NOT NULL DEFAULT false', judged: 'S1' },
  bulk_add_and_type_change: { sql: 'ALTER TABLE u ADD COLUMN c1 text, ALTER COLUMN n TYPE bigint', judged: 'S1' },
  bulk_2_rewrites: { sql: 'ALTER TABLE u ALTER COLUMN n TYPE bigint, ALTER COLUMN ts TYPE date', judged: 'S1', note: 'one ALTER TABLE with two rewriting sub-commands rewrites ONCE; measured 2.6x faster than two statements' },
  drop_partitioned_index_parent: { sql: 'DROP INDEX part_k', judged: 'D' },
  create_index_on_partitioned: { sql: 'CREATE INDEX part_k2 ON part(k)', judged: 'S1' },
  add_fk_on_new_empty_col: { sql: 'ALTER TABLE o ADD COLUMN c1 bigint, ADD CONSTRAINT fk FOREIGN KEY (c1) REFERENCES u(id)', judged: 'S1', note: 'same column but FK added as a separate sub-command: validation scan DOES run' },
  add_fk_composite_3_tables: { sql: 'ALTER TABLE fkd ADD CONSTRAINT fk9 FOREIGN KEY (id) REFERENCES o(id)', judged: 'S1' },
  set_schema: { sql: 'ALTER TABLE nnc SET SCHEMA sx', judged: 'D' },
  owner_to: { sql: 'ALTER TABLE u OWNER TO postgres', judged: 'S1b' },
  inherit: { sql: 'CREATE TABLE ch () INHERITS (u)', judged: 'S1b' },
  add_identity: { sql: 'ALTER TABLE o ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY', judged: 'S1', note: 'column must already be NOT NULL' },
  set_replica_identity: { sql: 'ALTER TABLE o REPLICA IDENTITY FULL', judged: 'S1b' },
  cluster_on: { sql: 'ALTER TABLE o CLUSTER ON o_n', judged: 'S1b' },
  alter_constraint_deferrable: { sql: 'ALTER TABLE fkd ALTER CONSTRAINT fkd_uid_fkey DEFERRABLE', judged: 'S1b' },
  validate_not_null_via_check: { sql: 'ALTER TABLE o VALIDATE CONSTRAINT o_chk_nv', judged: 'S2' },
  create_rule: { sql: 'CREATE RULE rr AS ON DELETE TO u DO ALSO NOTHING', judged: 'S1b' },
  drop_function: { sql: 'DROP FUNCTION IF EXISTS nofn()', judged: 'S0' },
  drop_type: { sql: 'DROP TYPE e9', judged: 'D' },
  alter_view_owner: { sql: 'ALTER VIEW vw OWNER TO postgres', judged: 'S1b' },
  drop_schema: { sql: 'DROP SCHEMA sx', judged: 'D' },
  drop_sequence: { sql: 'DROP SEQUENCE sq', judged: 'D' },
  create_extension_plpgsql_noop: { sql: 'CREATE EXTENSION IF NOT EXISTS plpgsql', judged: 'S0' },
  create_index_concurrently: { sql: 'CREATE INDEX CONCURRENTLY nidx ON u(n)', judged: 'S2', note: 'never in a transaction block; waits for old snapshots; self-conflicting with other SHARE UPDATE EXCLUSIVE work on the table', blockers: ['lock table u in row exclusive mode'] },
  drop_index_concurrently: { sql: 'DROP INDEX CONCURRENTLY o_n', judged: 'S2', blockers: ['lock table o in row exclusive mode'] },
  add_column_generated_stored: { since: 12, sql: 'ALTER TABLE u ADD COLUMN c1 int GENERATED ALWAYS AS (n+1) STORED', judged: 'S1' },
  reindex_concurrently: { since: 12, sql: 'REINDEX INDEX CONCURRENTLY o_n', judged: 'S2', blockers: ['lock table o in row exclusive mode'] },
  reindex_table_concurrently: { since: 12, sql: 'REINDEX TABLE CONCURRENTLY o', judged: 'S2', blockers: ['lock table o in row exclusive mode'] },
  add_column_uuid_volatile_default: { since: 13, sql: 'ALTER TABLE u ADD COLUMN c1 uuid DEFAULT gen_random_uuid()', judged: 'S1' },
  detach_partition_concurrently: { since: 14, sql: 'ALTER TABLE part DETACH PARTITION part1 CONCURRENTLY', judged: 'S2', note: 'two transactions; SHARE UPDATE EXCLUSIVE on parent, short ACCESS EXCLUSIVE on the partition; PG14+', blockers: ['lock table only part in row exclusive mode', 'lock table part1 in access share mode'] },
  set_access_method: { since: 15, sql: 'ALTER TABLE u SET ACCESS METHOD heap', judged: 'S1b' },
  add_column_generated_virtual: { since: 18, sql: 'ALTER TABLE u ADD COLUMN c1 int GENERATED ALWAYS AS (n+1) VIRTUAL', judged: 'S1' },
  add_not_null_constraint_not_valid: { since: 18, sql: 'ALTER TABLE o ADD CONSTRAINT nn NOT NULL txt NOT VALID', judged: 'S1', note: 'PG18+ only' },
  validate_not_null_pg18: { since: 18, sql: 'ALTER TABLE nv18 VALIDATE CONSTRAINT nv18_nn', judged: 'S2', note: 'PG18+ only' },
}
