import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A gem as the index tells of it. */
export interface IndexedGem {
  readonly number: string
  readonly needs: readonly { readonly name: string; readonly requirement: string }[]
  readonly ruby: string
  readonly checksum: string
  readonly bytes: Buffer
}

const describeScript = `
require 'json'
require 'rubygems/package'
spec = Gem::Package.new(ARGV.fetch(0)).spec
puts JSON.generate(
  name: spec.name,
  number: spec.platform.to_s == 'ruby' ? spec.version.to_s : "#{spec.version}-#{spec.platform}",
  needs: spec.runtime_dependencies.map { |one| { name: one.name, requirement: one.requirement.to_s.gsub(', ', '&') } },
  ruby: spec.required_ruby_version.to_s.gsub(', ', '&')
)
`

/** Real Ruby reads what is pushed. */
export async function describeGem(
  file: string,
  bytes: Buffer,
): Promise<{ readonly name: string; readonly gem: IndexedGem }> {
  const { stdout } = await run('ruby', ['-e', describeScript, file])
  const { name, ...described } = JSON.parse(stdout) as { name: string } & Omit<
    IndexedGem,
    'checksum' | 'bytes'
  >
  const checksum = createHash('sha256').update(bytes).digest('hex')
  return { name, gem: { ...described, checksum, bytes } }
}

/** `/info/NAME` of the compact index. */
export function infoOf(versions: readonly IndexedGem[]): string {
  const lines = versions.map(({ number, needs, ruby, checksum }) => {
    const needed = needs.map(({ name, requirement }) => `${name}:${requirement}`).join(',')
    return `${number} ${needed}|checksum:${checksum},ruby:${ruby}`
  })
  return ['---', ...lines, ''].join('\n')
}

/**
 * `/versions` of the compact index. Clients compare the MD5 of each info file with the one named here, and fetch those
 * that differ.
 */
export function versionsOf(gems: ReadonlyMap<string, readonly IndexedGem[]>): string {
  const lines = [...gems].map(
    ([name, all]) => `${name} ${all.map(({ number }) => number).join(',')} ${md5(infoOf(all))}`,
  )
  return ['created_at: 2026-01-01T00:00:00Z', '---', ...lines, ''].join('\n')
}

export function md5(body: string | Buffer): string {
  return createHash('md5').update(body).digest('hex')
}
