import { execFile } from 'node:child_process'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { type DeployEstate, deployEstate, oldSha } from '../conductor/deploy-estate.ts'
import { hastyClock } from '../conductor/hasty-clock.ts'
import { type OpenedConductor, openConductor } from '../conductor/open-conductor.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { startGitHttp } from '../servers/git-http.ts'

const execute = promisify(execFile)

/** An app over HTTP that is deployed by a push to another remote: both are git servers that something can befall. */
export interface GitWorld extends AsyncDisposable {
  readonly estate: DeployEstate
  readonly proxy: FaultProxy
  /** Names of the repositories, as they stand in paths of requests. */
  readonly app: string
  readonly platform: string
  /** As if nothing had ever been deployed, for a conductor that remembers no run. */
  fresh(): Promise<OpenedConductor['conductor']>
}

export async function gitWorld(): Promise<GitWorld> {
  const estate = await deployEstate(['shop'])
  const server = await startGitHttp()
  const proxy = await startFaultProxy(Number(new URL(server.origin).port))
  const app = await server.createRepository()
  const platform = await server.createRepository()
  const git = (...args: string[]) => execute('git', args, { cwd: estate.dir })
  await git('--git-dir', join(estate.dir, 'shop.git'), 'push', '--quiet', app.bare, 'main')
  const state = join(estate.dir, 'state')
  const hook = join(platform.bare, 'hooks', 'post-receive')
  await writeFile(
    hook,
    `#!/bin/sh\nread -r _ sha _\necho "$sha" >> "${state}/shop.sent"\necho "$sha" > "${state}/shop.sha"\n`,
  )
  await chmod(hook, 0o755)
  const through = (url: string) => `${proxy.url}${basename(url)}`
  const lanesYaml = estate
    .lanesYaml()
    .replace(`file://${join(estate.dir, 'shop.git')}`, through(app.url))
    .replace(
      /^ {10}run: bin\/deploy --sha \{sha\}\n/mu,
      `          strategy: { git_push: { remote: "${through(platform.url)}", branch: production } }\n`,
    )
    .replaceAll(/^ {10}(?:previous|rollback): bin\/deploy.*\n/gmu, '')
  const opened: OpenedConductor[] = []
  return {
    estate,
    proxy,
    app: basename(app.bare),
    platform: basename(platform.bare),
    fresh: async () => {
      await git('--git-dir', platform.bare, 'update-ref', '-d', 'refs/heads/production')
      await writeFile(join(state, 'shop.sha'), oldSha)
      await rm(join(state, 'shop.sent'), { force: true })
      const storeUrl = `sqlite:${join(estate.dir, `state-${opened.length}.db`)}`
      const one = await openConductor({ dir: estate.dir, storeUrl, lanesYaml, clock: hastyClock() })
      opened.push(one)
      return one.conductor
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await estate[Symbol.asyncDispose]()
    },
  }
}
