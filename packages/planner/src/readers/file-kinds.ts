import { identifyFile } from '../identity/file-identity.ts'

/** Whether the planner reads a file: by its name it is a migration. */
export function isMigration(path: string): boolean {
  return identifyFile(path) !== null
}

/** Whether it is SQL that a migration of Rails runs by its name and version: what scenic and fx keep. */
export function isDefinition(path: string): boolean {
  return /(?:^|\/)db\/(?:views|functions|triggers)\/\w+_v\d+\.sql$/.test(path)
}

/** Whether it is a schema of Prisma, what there is to start from where no migration is. */
export function isPrismaSchema(path: string): boolean {
  return path.endsWith('.prisma')
}

/** Whether it says the version of Rails. */
export function isLockfile(path: string): boolean {
  return path === 'Gemfile.lock'
}

/** Whether it is what migrations have led to: `schema.rb`, `structure.sql`. */
export function isSchemaFile(path: string): boolean {
  return /(?:^|\/)db\/(?:schema\.rb|structure\.sql)$/.test(path)
}

/** Whether it declares models of Django: `shop/models.py`, `shop/models/order.py`. */
export function isDjangoModels(path: string): boolean {
  return /(?:^|\/)models(?:\.py|\/[^/]+\.py)$/.test(path)
}
