import { gemDeclarations, gemfileOf } from '../manifests/gemfile.ts'
import type { FileTree } from '../ports.ts'
import { sourceOptions } from '../adopters/gem-edits.ts'
import { isGemspec, publicServer, readGemspec } from '../publishers/gem-discover.ts'
import { orReport, type Report } from './problems.ts'
import type { SurveyedNeed, SurveyedPackage } from './surveyed.ts'

export interface GemSurvey {
  /** `Gemfile` or `gems.rb`; null where there is none at the top. */
  readonly gemfile: string | null
  readonly lockfile: string | null
  readonly packages: readonly SurveyedPackage[]
  readonly needs: readonly SurveyedNeed[]
}

const gemspecsMax = 200

export async function surveyGems(tree: FileTree, report: Report): Promise<GemSurvey | null> {
  const files = await tree.listFiles()
  const names = await gemfileOf(tree)
  const specs = files.filter(isGemspec).slice(0, gemspecsMax)
  if (names === null && specs.length === 0) return null
  const read = await Promise.all(
    specs.map(async (file) => ({
      file,
      found: await orReport(() => readGemspec(tree, file), { file, otherwise: null, report }),
    })),
  )
  const gems = read.flatMap(({ file, found }) => (found === null ? [] : [{ file, found }]))
  return {
    gemfile: names?.gemfile ?? null,
    lockfile: names !== null && files.includes(names.lockfile) ? names.lockfile : null,
    packages: gems.map(({ file, found }) => ({
      ecosystem: 'rubygems',
      name: found.name,
      version: found.version,
      file,
      isPrivate: false,
      registry: found.registry === publicServer ? null : found.registry,
      signs: ['gemspec'],
      isBuiltWhenPacked: true,
    })),
    needs: [
      ...(names === null ? [] : declaredIn(names.gemfile, (await tree.readFile(names.gemfile)) ?? '')),
      ...gems.flatMap(({ file, found }) =>
        found.needs.map((name) => ({
          ecosystem: 'rubygems' as const,
          name,
          file,
          reference: '',
          isElsewhere: false,
        })),
      ),
    ],
  }
}

function declaredIn(gemfile: string, text: string): readonly SurveyedNeed[] {
  return gemDeclarations(gemfile, text, null).map((declaration) => {
    const source = declaration.arguments.find(({ key }) => key !== null && sourceOptions.has(key))
    const constraint = declaration.arguments.flatMap(({ key, literal }) =>
      key === null ? (literal ?? []) : [],
    )
    return {
      ecosystem: 'rubygems' as const,
      name: declaration.name,
      file: gemfile,
      reference: source?.text ?? constraint.join(', '),
      isElsewhere: source !== undefined,
    }
  })
}
