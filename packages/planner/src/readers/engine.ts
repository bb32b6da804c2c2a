/** Which server the migrations are for: what `batching: {dialect: mysql}` in lanes.yaml says, else Postgres. */
export type SqlEngine = 'postgres' | 'mysql'
