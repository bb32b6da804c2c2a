import { type Env, parseNpmrc } from '../manifests/npmrc.ts'
import { pnpmWorkspaceFile } from '../manifests/workspace.ts'
import type { FileTree, LeftOutSetting } from '../ports.ts'
import { readUserNpmrc } from '../registry/credentials.ts'

/** How a registry is reached, as npm and pnpm spell it in an .npmrc. */
const networkKeys: readonly string[] = ['proxy', 'http-proxy', 'https-proxy', 'noproxy', 'local-address']
/** The same as pnpm spells it in its workspace file. */
const workspaceKey = /^(proxy|httpProxy|httpsProxy|noProxy|noproxy|localAddress)\s*:/

/** What says the same to every client, without any file. */
const proxyEnv = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const

/**
 * What a repository says of the way to its registry, and a client that carries credentials does not follow: a proxy sees
 * whatever goes through it, so the user's own settings name it. Where those do, nothing is missing.
 */
export async function readLeftOutSettings(tree: FileTree, env: Env): Promise<readonly LeftOutSetting[]> {
  const own = await readUserNpmrc(env)
  const isOwn = proxyEnv.some((name) => env[name] !== undefined) || own.some(({ key }) => isNetwork(key))
  if (isOwn) return []
  const npmrc = (await tree.readFile('.npmrc')) ?? ''
  const workspace = (await tree.readFile(pnpmWorkspaceFile)) ?? ''
  return [
    ...parseNpmrc(npmrc, {}).flatMap(({ key, line }) =>
      isNetwork(key) ? [{ file: '.npmrc', line, setting: key }] : [],
    ),
    ...workspace.split('\n').flatMap((text, index) => {
      const setting = workspaceKey.exec(text)?.[1]
      return setting === undefined ? [] : [{ file: pnpmWorkspaceFile, line: index + 1, setting }]
    }),
  ]
}

function isNetwork(key: string): boolean {
  return networkKeys.includes(key)
}
