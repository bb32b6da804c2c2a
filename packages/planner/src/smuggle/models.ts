import { identifyFile } from '../identity/file-identity.ts'
import { isDjangoModels } from '../readers/file-kinds.ts'
import type { ChangedText, Smuggled } from './signal.ts'

/** A tool that makes migrations out of models: which files are models, and what of them is about the schema. */
interface ModelTool {
  readonly name: string
  readonly isModel: (path: string) => boolean
  /** The lines that say something of the schema; empty for a file that is no model after all. */
  readonly saysOf: (text: string) => readonly Said[]
  readonly isMigration: (path: string) => boolean
  readonly command: string
}

interface Said {
  readonly line: number
  readonly text: string
}

const tools: readonly ModelTool[] = [
  {
    name: 'Prisma',
    isModel: (path) => path.endsWith('.prisma'),
    saysOf: (text) => {
      let isAside = false
      return codeLines(text, '//').filter(({ text: line }) => {
        if (/^(?:generator|datasource)\b/.test(line)) isAside = true
        const isSaid = !isAside
        if (line === '}') isAside = false
        return isSaid
      })
    },
    isMigration: (path) => path.endsWith('/migration.sql'),
    command: 'prisma migrate dev',
  },
  {
    name: 'Drizzle',
    isModel: (path) => /\.[cm]?[jt]s$/.test(path) && !path.endsWith('.d.ts'),
    saysOf: (text) => (/['"]drizzle-orm\/\w+-core['"]/.test(text) ? codeLines(text, '//') : []),
    isMigration: (path) => path.endsWith('.sql') && identifyFile(path) !== null,
    command: 'drizzle-kit generate',
  },
  {
    name: 'Django',
    isModel: isDjangoModels,
    saysOf: (text) =>
      /\bmodels\b/.test(text)
        ? codeLines(text, '#').filter(({ text: line }) => /^class\b|=|^\W*$/.test(line))
        : [],
    isMigration: (path) => /(?:^|\/)migrations\/\d+\w*\.py$/.test(path),
    command: 'manage.py makemigrations',
  },
]

export function isModelFile(path: string): boolean {
  return tools.some((tool) => tool.isModel(path)) || tools.some((tool) => tool.isMigration(path))
}

/** Models that say something else than before, in a change that brings no migration of their tool. */
export function modelsWithoutMigration(changes: readonly ChangedText[]): readonly Smuggled[] {
  return tools.flatMap((tool) => {
    if (changes.some(({ path, after }) => after !== null && tool.isMigration(path))) return []
    return changes
      .filter(({ path }) => tool.isModel(path))
      .flatMap((change) => withoutMigration(tool, change))
  })
}

function withoutMigration(tool: ModelTool, { path, before, after }: ChangedText): readonly Smuggled[] {
  const [old, now] = [tool.saysOf(before ?? ''), tool.saysOf(after ?? '')]
  const at = now.findIndex(({ text }, index) => text !== old[index]?.text)
  if (at === -1 && old.length === now.length) return []
  const line = (now[at] ?? now.at(-1))?.line ?? 1
  return [
    {
      kind: 'model_without_migration',
      place: { file: path, line },
      why: `The models of ${tool.name} changed, and no migration of it comes along.`,
      remedy: `Take the migration lane, and let ${tool.command} write the migration; or say in the ticket why there is none.`,
    },
  ]
}

/** Trimmed, without comments and without empty ones. */
function codeLines(text: string, comment: string): readonly Said[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const code = line.split(comment, 1)[0]?.trim().replaceAll(/\s+/g, ' ') ?? ''
    return code === '' ? [] : [{ line: at + 1, text: code }]
  })
}
