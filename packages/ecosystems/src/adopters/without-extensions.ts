import { writeFile } from 'node:fs/promises'
import path from 'node:path'

const file = '.conduct-no-extensions.rb'

/** Bundler knows no way to install without building: the one place where RubyGems starts a build is left out. */
const script = `require 'rubygems/ext'
class Gem::Ext::Builder
  def build_extensions; end
end
module Gem
  def self.load_plugins; end
  def self.load_env_plugins; end
  def self.load_plugin_files(*); end
end
`

/**
 * Variables with which gems are installed and nothing of theirs runs: no `extconf.rb`, no Rakefile, no RubyGems
 * plugin. A gem that has to be built is then missing its library; `setup` of the repository is where it is built.
 */
export async function withoutExtensions(worktree: string): Promise<Readonly<Record<string, string>>> {
  const target = path.join(worktree, file)
  await writeFile(target, script)
  return { RUBYOPT: `-r${target}` }
}
