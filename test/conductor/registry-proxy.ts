import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Estate } from '@conduct/rehearsal'
import { vi } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { git } from './estate-world.ts'

/**
 * Something that can fail in front of an estate's registry, and a home whose user has the producer's token for it.
 * The test takes the variables back with `vi.unstubAllEnvs`.
 */
export async function startRegistryProxy(estate: Estate): Promise<FaultProxy> {
  const proxy = await startFaultProxy(Number(new URL(estate.registryUrl).port))
  const home = join(estate.dir, 'home')
  await mkdir(home)
  const token = /_authToken=(.*)/.exec(await git(estate, estate.producer, 'show', 'main:.npmrc'))?.[1] ?? ''
  await writeFile(join(home, '.npmrc'), `//127.0.0.1:${proxy.port}/:_authToken=${token}\n`)
  vi.stubEnv('HOME', home)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
  return proxy
}
