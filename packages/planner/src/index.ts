export type * from './model/operation.ts'
export type * from './model/ticket.ts'
export * from './facts/fact.ts'
export * from './facts/lookup.ts'
export { measuredServers, postgresFacts } from './facts/postgres-facts.ts'
export * from './footprint/footprint.ts'
export * from './model/resource.ts'
export * from './relations/relate.ts'
export type * from './relations/relation.ts'
export * from './partition/model.ts'
export * from './partition/partition.ts'
export * from './readers/in-order.ts'
export type { SqlEngine } from './readers/languages.ts'
export * from './readers/file-kinds.ts'
export * from './readers/read-migrations.ts'
export * from './readers/sql/read-sql.ts'
export { loadKnexReader, type KnexReader } from './readers/knex/read-knex.ts'
export * from './schema/apply.ts'
export * from './schema/prove.ts'
export * from './schema/resolve.ts'
export * from './schema/schema.ts'
export * from './classify/classify.ts'
export * from './identity/allocate-versions.ts'
export * from './identity/collisions.ts'
export * from './identity/file-identity.ts'
export type * from './layout/batch-file.ts'
export { renamedPath } from './layout/file-name.ts'
export * from './layout/fuse-rails.ts'
export * from './layout/fused.ts'
export * from './layout/load-fusing-tools.ts'
export * from './layout/load-layout-tools.ts'
export * from './layout/load-schema-files.ts'
export type { SchemaFileTicket } from './layout/schema-file.ts'
export * from './layout/train.ts'
export type * from './plan/batch-plan.ts'
export * from './plan/explain-pair.ts'
export * from './plan/judge-ticket.ts'
export * from './plan/pending.ts'
export * from './plan/plan-batch.ts'
export * from './plan/policy.ts'
export * from './plan/row-counts.ts'
export * from './plan/wire.ts'
export * from './readers/rails/load-rails-reader.ts'
export type {
  RailsReader,
  RailsReaderOptions,
  RailsSource,
  ReadMigration,
  ReadSchema,
} from './readers/rails/read-rails.ts'
export type { RailsAdapter } from './readers/rails/schema/setting.ts'
export * from './readers/rails/dump-style.ts'
export * from './readers/rails/implied-renames.ts'
export * from './schema-merge/load-schema-merger.ts'
export type {
  MergeProblem,
  MergeSchemas,
  SchemaMerge,
  SchemaTexts,
  SideName,
} from './schema-merge/merge-schema.ts'
export * from './smuggle/find-smuggled.ts'
export { isSecondarySchema, isWorthReading, mayBeSmuggled, pathsToParse } from './smuggle/worth-reading.ts'
export type * from './smuggle/signal.ts'
