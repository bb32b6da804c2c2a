import type { Estate } from '@conduct/rehearsal'

export function toWireEstate(estate: Estate, isKept: boolean) {
  return {
    dir: estate.dir,
    kept: isKept,
    lanes_yaml: estate.lanesYamlPath,
    store: estate.storeUrl,
    registry: estate.registryUrl,
    platform: estate.platformUrl,
    remotes: estate.remotes,
    checkouts: estate.checkouts,
  }
}
