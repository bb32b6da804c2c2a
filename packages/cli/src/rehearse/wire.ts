import { describeStoreUrl } from '@conduct/lanes/engine'
import type { Estate } from '@conduct/rehearsal'

export function toWireEstate(estate: Estate, isKept: boolean) {
  return {
    name: estate.estateName,
    dir: estate.dir,
    kept: isKept,
    lanes_yaml: estate.lanesYamlPath,
    store: describeStoreUrl(estate.storeUrl),
    registry: estate.registryUrl,
    ...(estate.gem === null ? {} : { gems: estate.gem.url }),
    platform: estate.platformUrl,
    remotes: estate.remotes,
    checkouts: estate.checkouts,
    left_out: estate.leftOut,
  }
}
