import { npmPublishingFacts } from '../facts/npm-publishing.ts'

/**
 * Where a token of our environment may go: to the public registry of its ecosystem, and to those that lanes.yaml
 * declares. What a repository says of itself (`.npmrc`, `publishConfig`, `allowed_push_host`) gives it to nobody.
 */
const publicHosts: readonly string[] = [npmPublishingFacts.registryHost, 'rubygems.org']

export interface TokenPlaces {
  /** Addresses of the registries that lanes.yaml declares. */
  readonly declared: readonly string[]
}

/** Whether a token may go to this registry: the declared host by the declared protocol, a public one by https only. */
export function mayHaveToken(registry: string, { declared }: TokenPlaces): boolean {
  if (!URL.canParse(registry)) return false
  const { host, protocol, origin } = new URL(registry)
  if (publicHosts.includes(host)) return protocol === 'https:'
  return declared.some((one) => URL.canParse(one) && new URL(one).origin === origin)
}

/** Whether a setting of an .npmrc (`//host/path/:_authToken`), which names no protocol, is for such a registry. */
export function isForTokenPlace(setting: string, places: TokenPlaces): boolean {
  const at = /^["']?(\/\/.+?)\/?:[\w-]+["']?$/.exec(setting.trim())?.[1]
  return at !== undefined && ['https:', 'http:'].some((protocol) => mayHaveToken(`${protocol}${at}/`, places))
}
