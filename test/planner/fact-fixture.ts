/**
 * What the rows of the facts are measured on, and a statement for each of them. The names of places say what they are to the
 * statement: the table that it names first, the table of an index, the other end of a foreign key.
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

/** By key of the facts, as the session has to be set for them. */
export const factSettings: Readonly<Record<string, string>> = {
  type_timestamp_to_timestamptz_nonutc: "set local timezone to 'Europe/Berlin'",
}

/** By key of the facts. */
export const factExamples: Readonly<Record<string, string>> = {
  create_table: 'CREATE TABLE nt (id bigserial primary key, a text)',
  create_table_with_fk: 'CREATE TABLE nt (id bigserial primary key, uid bigint REFERENCES u(id))',
  create_table_like: 'CREATE TABLE nt (LIKE u INCLUDING ALL)',
  create_table_as: 'CREATE TABLE nt AS SELECT * FROM u',
  drop_table: 'DROP TABLE nnc CASCADE',
  drop_table_with_fk: 'DROP TABLE fkd',
  truncate: 'TRUNCATE o',
  rename_table: 'ALTER TABLE u RENAME TO u2',
  add_column_nullable: 'ALTER TABLE u ADD COLUMN c1 text',
  add_column_const_default: 'ALTER TABLE u ADD COLUMN c1 int DEFAULT 5',
  add_column_not_null_const_default: 'ALTER TABLE u ADD COLUMN c1 boolean NOT NULL DEFAULT false',
  add_column_stable_default_now: 'ALTER TABLE u ADD COLUMN c1 timestamptz DEFAULT now()',
  add_column_volatile_default: 'ALTER TABLE u ADD COLUMN c1 double precision DEFAULT random()',
  add_column_not_null_no_default: 'ALTER TABLE emptyt ADD COLUMN c1 int NOT NULL',
  add_column_serial: 'ALTER TABLE u ADD COLUMN c1 bigserial',
  add_column_identity: 'ALTER TABLE u ADD COLUMN c1 bigint GENERATED ALWAYS AS IDENTITY',
  add_column_with_fk_inline: 'ALTER TABLE o ADD COLUMN c1 bigint REFERENCES u(id)',
  add_column_with_check_inline: 'ALTER TABLE u ADD COLUMN c1 int CHECK (c1 > 0)',
  add_column_with_unique_inline: 'ALTER TABLE u ADD COLUMN c1 int UNIQUE',
  add_column_domain_constrained: 'ALTER TABLE u ADD COLUMN c1 posint DEFAULT 5',
  drop_column: 'ALTER TABLE u DROP COLUMN name',
  rename_column: 'ALTER TABLE u RENAME COLUMN name TO name2',
  set_default: 'ALTER TABLE u ALTER COLUMN n SET DEFAULT 3',
  drop_default: 'ALTER TABLE u ALTER COLUMN created DROP DEFAULT',
  set_not_null: 'ALTER TABLE o ALTER COLUMN txt SET NOT NULL',
  set_not_null_with_valid_check: 'ALTER TABLE nnc ALTER COLUMN v SET NOT NULL',
  drop_not_null: 'ALTER TABLE o ALTER COLUMN nn DROP NOT NULL',
  type_varchar_widen: 'ALTER TABLE u ALTER COLUMN code TYPE varchar(100)',
  type_varchar_narrow: 'ALTER TABLE u ALTER COLUMN code TYPE varchar(20)',
  type_varchar_to_text: 'ALTER TABLE u ALTER COLUMN code TYPE text',
  type_text_to_varchar: 'ALTER TABLE u ALTER COLUMN name TYPE varchar(50)',
  type_varchar_unbounded: 'ALTER TABLE u ALTER COLUMN code TYPE varchar',
  type_int_to_bigint: 'ALTER TABLE u ALTER COLUMN n TYPE bigint',
  type_numeric_widen_precision: 'ALTER TABLE u ALTER COLUMN amt TYPE numeric(14,2)',
  type_numeric_change_scale: 'ALTER TABLE u ALTER COLUMN amt TYPE numeric(14,4)',
  type_timestamp_to_timestamptz_utc: 'ALTER TABLE u ALTER COLUMN ts TYPE timestamptz',
  type_timestamp_to_timestamptz_nonutc: 'ALTER TABLE u ALTER COLUMN ts TYPE timestamptz',
  type_indexed_col_varchar: 'ALTER TABLE ixv ALTER COLUMN c TYPE varchar(100)',
  type_indexed_col_varchar_to_text: 'ALTER TABLE ixv ALTER COLUMN c TYPE text',
  set_statistics: 'ALTER TABLE u ALTER COLUMN n SET STATISTICS 200',
  set_storage: 'ALTER TABLE u ALTER COLUMN name SET STORAGE EXTERNAL',
  set_reloption_fillfactor: 'ALTER TABLE u SET (fillfactor=70)',
  set_reloption_autovacuum: 'ALTER TABLE u SET (autovacuum_vacuum_scale_factor=0.01)',
  set_unlogged: 'ALTER TABLE nnc SET UNLOGGED',
  create_index: 'CREATE INDEX nidx ON u(n)',
  create_unique_index: 'CREATE UNIQUE INDEX nidx ON u(n)',
  drop_index: 'DROP INDEX o_n',
  rename_index: 'ALTER INDEX o_n RENAME TO o_n2',
  reindex_index: 'REINDEX INDEX o_n',
  reindex_table: 'REINDEX TABLE o',
  add_primary_key: 'ALTER TABLE loose ADD PRIMARY KEY (id)',
  add_primary_key_using_index: 'ALTER TABLE lu ADD CONSTRAINT lupk PRIMARY KEY USING INDEX lu_i',
  add_unique_constraint: 'ALTER TABLE u ADD CONSTRAINT uq UNIQUE (n)',
  add_unique_using_index: 'ALTER TABLE o ADD CONSTRAINT uq UNIQUE USING INDEX o_nn',
  add_exclusion_constraint: 'ALTER TABLE u ADD CONSTRAINT ex EXCLUDE USING btree (n WITH =)',
  add_check: 'ALTER TABLE u ADD CONSTRAINT ck CHECK (n > 0)',
  add_check_not_valid: 'ALTER TABLE u ADD CONSTRAINT ck CHECK (n > 0) NOT VALID',
  validate_check: 'ALTER TABLE o VALIDATE CONSTRAINT o_chk_nv',
  add_fk: 'ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (uid) REFERENCES u(id)',
  add_fk_not_valid: 'ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (uid) REFERENCES u(id) NOT VALID',
  validate_fk: 'ALTER TABLE o VALIDATE CONSTRAINT o_fk_nv',
  drop_constraint_check: 'ALTER TABLE o DROP CONSTRAINT o_chk_nv',
  drop_constraint_fk: 'ALTER TABLE o DROP CONSTRAINT o_fk_nv',
  rename_constraint: 'ALTER TABLE o RENAME CONSTRAINT o_chk_nv TO x',
  create_enum: "CREATE TYPE e2 AS ENUM ('x')",
  enum_add_value: "ALTER TYPE mood ADD VALUE 'c'",
  enum_rename_value: "ALTER TYPE mood RENAME VALUE 'a' TO 'z'",
  create_view: 'CREATE VIEW v2 AS SELECT id FROM u',
  replace_view: 'CREATE OR REPLACE VIEW vw AS SELECT id FROM nnc',
  drop_view: 'DROP VIEW vw',
  create_matview: 'CREATE MATERIALIZED VIEW mv2 AS SELECT * FROM u',
  refresh_matview: 'REFRESH MATERIALIZED VIEW mv',
  refresh_matview_concurrently: 'REFRESH MATERIALIZED VIEW CONCURRENTLY mv',
  create_trigger: 'CREATE TRIGGER trg BEFORE INSERT ON u FOR EACH ROW EXECUTE PROCEDURE tf()',
  drop_trigger: 'DROP TRIGGER trg0 ON o',
  disable_trigger: 'ALTER TABLE o DISABLE TRIGGER trg0',
  create_function: "CREATE FUNCTION f2() RETURNS int LANGUAGE sql AS 'select 1'",
  create_sequence: 'CREATE SEQUENCE s2',
  alter_sequence: 'ALTER SEQUENCE sq RESTART WITH 10',
  create_schema: 'CREATE SCHEMA s3',
  comment_table: "COMMENT ON TABLE u IS 'x'",
  comment_column: "COMMENT ON COLUMN u.n IS 'x'",
  grant: 'GRANT SELECT ON u TO PUBLIC',
  enable_rls: 'ALTER TABLE u ENABLE ROW LEVEL SECURITY',
  create_policy: 'CREATE POLICY pl ON u USING (true)',
  create_partition_of: 'CREATE TABLE part2 PARTITION OF part FOR VALUES FROM (10) TO (20)',
  attach_partition: 'ALTER TABLE part ATTACH PARTITION loose FOR VALUES FROM (10) TO (20)',
  detach_partition: 'ALTER TABLE part DETACH PARTITION part1',
  drop_partition: 'DROP TABLE part1',
  cluster: 'CLUSTER o USING o_n',
  create_statistics: 'CREATE STATISTICS st ON n, name FROM u',
  update_all: "UPDATE u SET name='y'",
  update_where: "UPDATE u SET name='y' WHERE id=1",
  delete_where: 'DELETE FROM o WHERE id=1',
  insert_select: 'INSERT INTO fkd SELECT id,id FROM u',
  select: 'SELECT * FROM u',
  select_for_update: 'SELECT * FROM u WHERE id=1 FOR UPDATE',
  lock_table: 'LOCK TABLE u',
  analyze: 'ANALYZE u',
  bulk_3_add_columns_same_table:
    'ALTER TABLE u ADD COLUMN c1 text, ADD COLUMN c2 int DEFAULT 3, ADD COLUMN c3 boolean NOT NULL DEFAULT false',
  bulk_add_and_type_change: 'ALTER TABLE u ADD COLUMN c1 text, ALTER COLUMN n TYPE bigint',
  bulk_2_rewrites: 'ALTER TABLE u ALTER COLUMN n TYPE bigint, ALTER COLUMN ts TYPE date',
  drop_partitioned_index_parent: 'DROP INDEX part_k',
  create_index_on_partitioned: 'CREATE INDEX part_k2 ON part(k)',
  add_fk_on_new_empty_col:
    'ALTER TABLE o ADD COLUMN c1 bigint, ADD CONSTRAINT fk FOREIGN KEY (c1) REFERENCES u(id)',
  add_fk_composite_3_tables: 'ALTER TABLE fkd ADD CONSTRAINT fk9 FOREIGN KEY (id) REFERENCES o(id)',
  set_schema: 'ALTER TABLE nnc SET SCHEMA sx',
  owner_to: 'ALTER TABLE u OWNER TO postgres',
  inherit: 'CREATE TABLE ch () INHERITS (u)',
  add_identity: 'ALTER TABLE o ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY',
  set_replica_identity: 'ALTER TABLE o REPLICA IDENTITY FULL',
  cluster_on: 'ALTER TABLE o CLUSTER ON o_n',
  alter_constraint_deferrable: 'ALTER TABLE fkd ALTER CONSTRAINT fkd_uid_fkey DEFERRABLE',
  validate_not_null_via_check: 'ALTER TABLE o VALIDATE CONSTRAINT o_chk_nv',
  create_rule: 'CREATE RULE rr AS ON DELETE TO u DO ALSO NOTHING',
  drop_function: 'DROP FUNCTION IF EXISTS nofn()',
  drop_type: 'DROP TYPE e9',
  alter_view_owner: 'ALTER VIEW vw OWNER TO postgres',
  drop_schema: 'DROP SCHEMA sx',
  drop_sequence: 'DROP SEQUENCE sq',
  create_extension_plpgsql_noop: 'CREATE EXTENSION IF NOT EXISTS plpgsql',
  create_index_concurrently: 'CREATE INDEX CONCURRENTLY nidx ON u(n)',
  drop_index_concurrently: 'DROP INDEX CONCURRENTLY o_n',
  add_column_generated_stored: 'ALTER TABLE u ADD COLUMN c1 int GENERATED ALWAYS AS (n+1) STORED',
  reindex_concurrently: 'REINDEX INDEX CONCURRENTLY o_n',
  reindex_table_concurrently: 'REINDEX TABLE CONCURRENTLY o',
  add_column_uuid_volatile_default: 'ALTER TABLE u ADD COLUMN c1 uuid DEFAULT gen_random_uuid()',
  detach_partition_concurrently: 'ALTER TABLE part DETACH PARTITION part1 CONCURRENTLY',
  set_access_method: 'ALTER TABLE u SET ACCESS METHOD heap',
  add_column_generated_virtual: 'ALTER TABLE u ADD COLUMN c1 int GENERATED ALWAYS AS (n+1) VIRTUAL',
  add_not_null_constraint_not_valid: 'ALTER TABLE o ADD CONSTRAINT nn NOT NULL txt NOT VALID',
  validate_not_null_pg18: 'ALTER TABLE nv18 VALIDATE CONSTRAINT nv18_nn',
}
