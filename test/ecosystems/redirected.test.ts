import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type DiscoveredPackage, type Publisher, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'
import { buildGem, hasRuby } from './gem-seeds.ts'

/** A registry that sends every question on to another host: whoever owns that host learns no token. */
const token = 'npm_s3cretS3cretS3cretS3cretS3cret12'
const gemKey = 'rubygems_s3cretS3cretS3cret'
const context = { runCommand }
const version = '1.0.0'

let asked: { readonly at: 'registry' | 'elsewhere'; readonly what: string; readonly who: string }[] = []
let home: Folder
let worktree: Folder
let registry: string
const servers: Server[] = []

async function listen(
  host: string,
  at: 'registry' | 'elsewhere',
  location: ((url: string) => string) | null,
) {
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    asked.push({ at, what: `${method} ${url}`, who: headers.authorization ?? '' })
    request.resume().once('end', () => {
      response.writeHead(location === null ? 404 : 307, location === null ? {} : { location: location(url) })
      response.end('{}')
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  const other = await listen('localhost', 'elsewhere', null)
  const port = await listen('127.0.0.1', 'registry', (url) => `http://localhost:${other}${url}`)
  registry = `http://127.0.0.1:${port}/`
})
afterAll(() => {
  for (const server of servers) server.close()
})
beforeEach(async () => {
  asked = []
  home = await makeFolder()
  worktree = await makeFolder({ 'package.json': { name: 'engine', version } })
  await writeFile(path.join(home.path, '.npmrc'), `//${new URL(registry).host}/:_authToken=${token}\n`)
  vi.stubEnv('HOME', home.path)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
  vi.stubEnv('GEM_HOST_API_KEY', gemKey)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await home[Symbol.asyncDispose]()
  await worktree[Symbol.asyncDispose]()
})

const ours: DiscoveredPackage = {
  name: 'engine',
  version,
  directory: '.',
  isPrivate: false,
  registry: '',
  needs: [],
}

type Question = (publisher: Publisher) => Promise<unknown>

const questions: Readonly<Record<string, Question>> = {
  publish: async (publisher) => {
    const tarball =
      publisher.tool === 'gem'
        ? await buildGem({ name: 'engine', version }, worktree.path)
        : (
            await publisher.pack({
              worktree: worktree.path,
              package: { ...ours, registry },
              outDir: path.join(worktree.path, 'out'),
              context,
            })
          ).path
    await publisher.publish({
      tarball,
      package: { ...ours, registry },
      worktree: worktree.path,
      distTag: 'latest',
      timeoutMs: 60_000,
      context: { ...context, declaredRegistries: [registry] },
    })
  },
  whoAmI: (publisher) => publisher.whoAmI({ registry, worktree: worktree.path, context }),
  observe: (publisher) => publisher.observe({ package: 'engine', version, registry }),
  credential: async (publisher) => publisher.credential?.({ registry }),
  provenance: async (publisher) =>
    publisher.provenance?.({ package: 'engine', version, registry, integrity: 'sha512-x' }),
  withdrawal: async ({ withdrawal }) => withdrawal?.read({ package: 'engine', version, registry }),
  staged: async ({ staging }) =>
    staging?.observe({ package: 'engine', version, registry, worktree: worktree.path }),
  'staged bytes': async ({ staging }) =>
    staging?.integrity({
      id: '00000000-0000-4000-8000-000000000000',
      registry,
      worktree: worktree.path,
    }),
}

it.each(publishers.filter(({ tool }) => tool !== 'gem' || hasRuby).map((one) => [one.tool, one] as const))(
  '%s says who asks to the registry, and not to where it is sent on',
  async (tool, publisher) => {
    for (const [name, ask] of Object.entries(questions)) {
      asked = []
      // What comes of it is another matter: the host that answers is no registry.
      await ask(publisher).catch(() => null)

      const secrets = asked.filter(({ who }) => who.includes(token) || who.includes(gemKey))
      expect(
        secrets.filter(({ at }) => at === 'elsewhere'),
        `${tool} ${name}`,
      ).toEqual([])
      if (tool === 'gem' && name !== 'publish') continue
      // The control: it was asked with the secret, where the secret belongs.
      expect(
        secrets.map(({ at }) => at),
        `${tool} ${name}`,
      ).toContain('registry')
    }
  },
  60_000,
)
