import { spawnSync } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import type { GemRegistry } from '@conduct/rehearsal'
import { makeFolder } from './folders.ts'
import { run } from './publish-seed.ts'

export interface GemSeed {
  readonly name: string
  readonly version: string
  readonly needs?: Readonly<Record<string, string>>
}

const programs = ['ruby', 'gem', 'bundle']

export const hasRuby = programs.every((program) => spawnSync(program, ['--version']).status === 0)
export const needsRuby = hasRuby ? '' : ' (skipped: needs ruby)'

/** A gem whose file says `NAME@VERSION` in a constant of the same name. */
export function gemFiles({ name, version, needs = {} }: GemSeed): Record<string, string> {
  const constant = name.toUpperCase()
  return {
    [`${name}.gemspec`]: [
      'Gem::Specification.new do |spec|',
      `  spec.name = '${name}'`,
      `  spec.version = '${version}'`,
      "  spec.summary = 'A seed'",
      "  spec.authors = ['ana']",
      "  spec.license = 'MIT'",
      "  spec.homepage = 'https://example.com'",
      "  spec.required_ruby_version = '>= 2.5'",
      "  spec.files = Dir['lib/**/*.rb']",
      ...Object.entries(needs).map(([need, range]) => `  spec.add_dependency '${need}', '${range}'`),
      'end',
      '',
    ].join('\n'),
    [`lib/${name}.rb`]: `${constant} = '${name}@${version}'\n`,
  }
}

export async function buildGem(seed: GemSeed, outDir: string): Promise<string> {
  await using folder = await makeFolder(gemFiles(seed))
  const made = `${seed.name}-${seed.version}.gem`
  await run({ argv: ['gem', 'build', `${seed.name}.gemspec`], cwd: folder.path })
  await copyFile(path.join(folder.path, made), path.join(outDir, made))
  return path.join(outDir, made)
}

export async function pushGem(registry: GemRegistry, seed: GemSeed): Promise<void> {
  await using out = await makeFolder()
  const gem = await buildGem(seed, out.path)
  await run({
    argv: ['gem', 'push', gem, '--host', registry.url.replace(/\/$/, '')],
    cwd: out.path,
    env: { GEM_HOST_API_KEY: registry.apiKey },
  })
}
