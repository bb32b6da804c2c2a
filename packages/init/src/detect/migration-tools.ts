/** Which tool wrote a migration, and the patterns that cover what it will write next. */
import { isUndoFile } from '@conduct/planner'
import type { MigrationFact } from '../facts.ts'
import { globOf } from './glob-of.ts'

export interface Signs {
  readonly files: ReadonlySet<string>
  /** Names of the packages that the manifests ask for. */
  readonly npm: ReadonlySet<string>
  readonly gems: ReadonlySet<string>
}

interface Placed {
  readonly kind: MigrationFact['kind']
  readonly tool: string
  /** The folder that holds them; empty: the top. */
  readonly folder: string
  readonly isSure: boolean
  readonly remark?: string
}

const unread =
  'conduct guards these files and cannot read them: batch plan takes each as one that may touch anything'
const unknownEngine = 'taken for Postgres: write dialect: mysql, if it is that'

export function groupByTool(paths: readonly string[], signs: Signs): readonly MigrationFact[] {
  const placed = paths.flatMap((path) => place(path, signs) ?? [])
  const groups = Map.groupBy(placed, ({ kind, tool }) => `${kind} ${tool}`)
  const found = [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [factOf(first, group, signs)]
  })
  return withoutOverlap(found)
}

function place(path: string, signs: Signs): Placed | null {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  if (path.endsWith('.prisma'))
    return { kind: 'prisma', tool: 'Prisma', folder: `${folder}/migrations`, isSure: true }
  if (path.endsWith('.rb')) return placeRuby(folder)
  if (path.endsWith('.py')) return placePython(folder, signs)
  if (path.endsWith('.sql')) return placeSql(path, folder, signs)
  return placeScript(folder, signs)
}

function placeRuby(folder: string): Placed | null {
  const migrate = /^(?:.*\/)?[\w-]*migrate(?=\/|$)/.exec(folder)?.[0]
  return migrate === undefined ? null : { kind: 'rails', tool: 'Rails', folder: migrate, isSure: true }
}

function placePython(folder: string, { files }: Signs): Placed {
  if (/(?:^|\/)versions$/.test(folder)) return { kind: 'other', tool: 'Alembic', folder, isSure: true }
  const isDjango =
    files.has(`${folder}/__init__.py`) || [...files].some((file) => /(?:^|\/)manage\.py$/.test(file))
  return { kind: 'django', tool: 'Django', folder: '', isSure: isDjango }
}

function placeSql(path: string, folder: string, { files, npm, gems }: Signs): Placed | null {
  // It belongs to the way forward beside it, which has a folder of its own to be found by.
  if (isUndoFile(path)) return null
  const isFolderEach = path.endsWith('/migration.sql')
  const root = isFolderEach ? parent(folder) : folder
  if (files.has(`${root}/meta/_journal.json`))
    return { kind: 'drizzle', tool: 'Drizzle', folder: root, isSure: true }
  if (isFolderEach && (files.has(`${root}/migration_lock.toml`) || /(?:^|\/)prisma\//.test(root)))
    return { kind: 'prisma', tool: 'Prisma', folder: root, isSure: true }
  const isMysql = isAny(npm, ['mysql', 'mysql2', 'mariadb']) || isAny(gems, ['mysql2', 'trilogy'])
  const isPostgres = isAny(npm, ['pg', 'postgres', 'slonik', 'pg-promise']) || isAny(gems, ['pg'])
  const kind = isMysql && !isPostgres ? 'mysql' : 'postgres'
  const isFlyway = /(?:^|\/)[VRB][^/]*__[^/]+\.sql$/.test(path)
  const isSure = isFlyway || /(?:^|\/)[^/]*migrat[^/]*(?=\/|$)/i.test(root)
  const remark = isMysql === isPostgres ? { remark: unknownEngine } : {}
  return { kind, tool: isFlyway ? 'Flyway' : 'plain SQL', folder: root, isSure, ...remark }
}

const scriptTools = [
  ['typeorm', 'TypeORM'],
  ['sequelize', 'Sequelize'],
  ['@mikro-orm/core', 'MikroORM'],
  ['node-pg-migrate', 'node-pg-migrate'],
  ['umzug', 'Umzug'],
  ['db-migrate', 'db-migrate'],
  ['kysely', 'Kysely'],
] as const

function placeScript(folder: string, { files, npm }: Signs): Placed {
  const root = /^(?:.*\/)?(?:migrations?|migrate)(?=\/|$)/.exec(folder)?.[0] ?? folder
  const isKnex = npm.has('knex') || [...files].some((file) => /(?:^|\/)knexfile\.[cm]?[jt]s$/.test(file))
  const other = scriptTools.find(([name]) => npm.has(name))
  if (isKnex && other === undefined) return { kind: 'knex', tool: 'Knex', folder: root, isSure: true }
  return { kind: 'other', tool: other?.[1] ?? 'scripts', folder: root, isSure: other !== undefined }
}

function factOf(first: Placed, group: readonly Placed[], signs: Signs): MigrationFact {
  const { kind, tool } = first
  const folders = fewOf(outermost([...new Set(group.map(({ folder }) => folder))]))
  return {
    kind,
    tool,
    paths: [...new Set(folders.flatMap((folder) => patternsOf(first, folder, signs)))],
    commands: commandsOf[tool] ?? [],
    isSure: group.some(({ isSure }) => isSure),
    verify: kind === 'rails' ? verifyOfRails(folders) : null,
    remark: kind === 'other' ? unread : (first.remark ?? null),
  }
}

function patternsOf({ kind, tool }: Placed, folder: string, { files }: Signs): readonly string[] {
  const isAnywhere = folder.startsWith('**/')
  const within = isAnywhere ? `**/${globOf(folder.slice('**/'.length))}` : globOf(folder)
  const at = folder === '' ? '' : `${within}/`
  switch (kind) {
    case 'rails': {
      if (isAnywhere) return [`${at}**/*.rb`, '**/db/schema.rb', '**/db/structure.sql']
      const db = parent(folder)
      const dumps = ['schema.rb', 'structure.sql'].map((name) => (db === '' ? name : `${db}/${name}`))
      const there = dumps.filter((dump) => files.has(dump))
      return [`${at}**/*.rb`, ...(there.length === 0 ? dumps.slice(0, 1) : there).map(globOf)]
    }
    case 'prisma':
      if (isAnywhere) return [`${at}**/*.sql`, '**/schema.prisma']
      return [
        `${at}**/*.sql`,
        ...[`${parent(folder)}/schema.prisma`].filter((file) => files.has(file)).map(globOf),
      ]
    case 'django':
      return ['**/migrations/*.py']
    case 'knex':
      return [`${at}**/*.{js,ts,cjs,mjs,cts,mts}`]
    case 'other':
      return tool === 'Alembic' ? [`${at}*.py`] : [`${at}**/*.{js,ts,cjs,mjs,cts,mts}`]
    case 'drizzle':
      return [`${at}**/*.sql`, `${at}meta/*.json`]
    case 'postgres':
    case 'mysql':
      return [`${at}**/*.sql`]
    default:
      return kind satisfies never
  }
}

const commandsOf: Readonly<Record<string, readonly string[]>> = {
  Prisma: ['prisma migrate *', 'npx prisma migrate *', 'pnpm prisma migrate *', 'yarn prisma migrate *'],
  Drizzle: ['drizzle-kit generate *', 'npx drizzle-kit generate *', 'pnpm drizzle-kit generate *'],
  Knex: ['knex migrate:make *', 'npx knex migrate:make *', 'pnpm knex migrate:make *'],
  Django: [
    'python manage.py makemigrations *',
    'python3 manage.py makemigrations *',
    './manage.py makemigrations *',
  ],
  Alembic: ['alembic revision *'],
}

function verifyOfRails(folders: readonly string[]): string | null {
  const apps = new Set(folders.map((folder) => parent(parent(folder))))
  const [app = '', ...others] = apps
  return app === '' || others.length > 0 || !/^[\w./-]+$/.test(app) ? null : `${app}/bin/rails db:migrate`
}

/** A file belongs to one lane: of two folders of one language, the outer one's tool has them all. */
function withoutOverlap(facts: readonly MigrationFact[]): readonly MigrationFact[] {
  const claimed: string[] = []
  return facts.flatMap((fact) => {
    const free = fact.paths.filter((path) => !claimed.some((other) => mayMeet(path, other)))
    claimed.push(...free)
    return free.length === 0 ? [] : [{ ...fact, paths: free }]
  })
}

/** Both may match one file: same endings, and one's folder within the other's. */
function mayMeet(one: string, other: string): boolean {
  const [a, b] = [splitPattern(one), splitPattern(other)]
  const isNested = a.folder.startsWith(b.folder) || b.folder.startsWith(a.folder)
  return isNested && a.ending === b.ending
}

function splitPattern(pattern: string): { readonly folder: string; readonly ending: string } {
  const star = pattern.search(/[*?]/)
  const folder = star === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf('/', star) + 1)
  return { folder, ending: /\.[^./]+$/.exec(pattern)?.[0] ?? '' }
}

function outermost(folders: readonly string[]): readonly string[] {
  return folders.filter(
    (folder) =>
      !folders.some((other) => other !== folder && (other === '' || folder.startsWith(`${other}/`))),
  )
}

const foldersMax = 8

/** A new app of a big repository has its migrations under the same name: then the name is what counts. */
function fewOf(folders: readonly string[]): readonly string[] {
  if (folders.length <= foldersMax) return folders
  return [...new Set(folders.map((folder) => `**/${folder.split('/').at(-1) ?? ''}`))]
}

function parent(folder: string): string {
  return folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
}

function isAny(names: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.some((name) => names.has(name))
}
