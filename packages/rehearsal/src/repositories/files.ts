/** Path → text. A path that starts with `bin/` is made executable. */
export type Files = Readonly<Record<string, string>>

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Where a package comes from, and what nobody needs on a throwaway machine. */
export function npmrc(registryUrl: string): string {
  return [
    '# The packages of this team come from its own registry.',
    `@rehearsal:registry=${registryUrl}`,
    '# There is nothing to audit here, nobody to fund, and no network beyond this machine.',
    'audit=false',
    'fund=false',
    'update-notifier=false',
    '',
  ].join('\n')
}

/** Only a rehearsal may do this: the token is worth nothing outside its folder, and ends with it. */
export function npmrcWithToken(registryUrl: string, token: string): string {
  return [
    npmrc(registryUrl).trimEnd(),
    '# A credential in a repository: only a rehearsal may do that. The registry is thrown away with it, and the',
    '# commands that the rehearsal prints have to work in a new shell. A real one comes from the environment.',
    `${registryUrl.replace(/^http:/, '')}:_authToken=${token}`,
    '',
  ].join('\n')
}

export const ignored = 'node_modules\n*.tgz\n*.gem\n.yarn\n.pnp.*\nvendor/bundle\n'
