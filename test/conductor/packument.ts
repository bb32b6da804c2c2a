import type { Estate } from '@conduct/rehearsal'

/** What the registry says of a package, in full. */
export interface Packument {
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, { readonly deprecated?: string }>>
}

export async function readPackument(estate: Estate, name: string): Promise<Packument> {
  const response = await fetch(`${estate.registryUrl}${name.replace('/', '%2f')}`)
  return (await response.json()) as Packument
}
