import { toolVersion } from '../adopters/tool-version.ts'
import type { Env } from '../manifests/npmrc.ts'
import type { Publisher } from '../ports.ts'
import { readGemPublishRight } from '../registry/gem-publish-right.ts'
import { downloadTarball } from '../registry/tarball.ts'
import { observeGem } from '../registry/compact-index.ts'
import { gemKeyFor, readGemKey } from '../registry/gem-credentials.ts'
import { discoverGems, isGemspec } from './gem-discover.ts'
import { packGem } from './gem-pack.ts'
import { gemPusher } from './gem-push.ts'

/** RubyGems, for every repository with a gemspec. */
export function rubygemsPublisher(env: Env): Publisher {
  return {
    ecosystem: 'rubygems',
    tool: 'gem',
    version: toolVersion('gem'),
    matches: async (tree) => (await tree.listFiles()).some(isGemspec),
    discover: discoverGems,
    pack: packGem,
    observe: observeGem,
    download: downloadTarball,
    whoAmI: ({ registry, context }) => gemKeyFor(registry, env, context),
    publishRight: async (options) =>
      readGemPublishRight({ ...options, key: await readGemKey(options.registry, env, options) }),
    publish: gemPusher(env),
  }
}
