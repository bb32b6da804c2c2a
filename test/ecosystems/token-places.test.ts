import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileTreeOfFolder, type Publisher, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'
import { buildGem, hasRuby, needsRuby } from './gem-seeds.ts'

/**
 * Tokens of our environment name no host. A repository that names one of its own choice gets none of them: two
 * registries write down all that they are sent, `ours` and `theirs`. Each case has its control.
 */
const token = 'npm_token-sesame'
const gemKey = 'rubygems_env-sesame'
const storedKey = 'rubygems_stored-sesame'
const sent: { readonly to: string; readonly text: string }[] = []
const servers: Server[] = []
let ours = ''
let theirs = ''
let producer: Folder
let home: Folder

async function listen(name: string): Promise<string> {
  const server = createServer((request, response) => {
    sent.push({ to: name, text: `${request.method} ${request.url} ${JSON.stringify(request.headers)}` })
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"username":"mallory","objects":[]}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

beforeAll(async () => {
  ours = await listen('ours')
  theirs = await listen('theirs')
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})
beforeEach(async () => {
  sent.length = 0
  producer = await makeFolder({ 'package.json': { name: '@acme/engine', version: '1.0.0' } })
  home = await makeFolder()
  vi.stubEnv('HOME', home.path)
  vi.stubEnv('XDG_DATA_HOME', undefined)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
  vi.stubEnv('NPM_TOKEN', token)
  vi.stubEnv('NODE_AUTH_TOKEN', token)
  vi.stubEnv('GEM_HOST_API_KEY', gemKey)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await producer[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
})

const to = (name: string): string => sent.flatMap((one) => (one.to === name ? [one.text] : [])).join('\n')

interface Saying {
  readonly registry: string
  readonly declared: readonly string[]
}

/** Everything that says who we are to a registry. */
async function sayWhoWeAre(publisher: Publisher, { registry, declared }: Saying): Promise<void> {
  const context = { runCommand, passEnv: [], declaredRegistries: declared }
  const where = { registry, worktree: producer.path, declaredRegistries: declared }
  const found = { name: '@acme/engine', version: '1.0.0', directory: '.', isPrivate: false, needs: [] }
  await publisher.credential?.(where)
  await publisher.whoAmI({ ...where, context })
  await publisher
    .publish({
      ...where,
      tarball: path.join(producer.path, 'none.tgz'),
      package: { ...found, registry },
      distTag: 'latest',
      timeoutMs: 30_000,
      context,
    })
    .catch(() => undefined)
}

const npmPublishers = publishers.filter(({ ecosystem }) => ecosystem === 'npm')

describe.each(npmPublishers.map((publisher) => [publisher.tool, publisher] as const))(
  '%s',
  (tool, publisher) => {
    it.each(['NPM_TOKEN', 'NODE_AUTH_TOKEN'])(
      'sends %s to no registry that only the repository names',
      async (name) => {
        const setting = `//${new URL(theirs).host}/:_authToken`
        await producer.write({ '.npmrc': `registry=${theirs}\n${setting}=\${${name}}\n` })
        const tree = fileTreeOfFolder(producer.path)

        await expect(sayWhoWeAre(publisher, { registry: theirs, declared: [] })).rejects.toMatchObject({
          code: 'SETTINGS_VARIABLE_REFUSED',
        })
        await expect(sayWhoWeAre(publisher, { registry: theirs, declared: [ours] })).rejects.toMatchObject({
          code: 'SETTINGS_VARIABLE_REFUSED',
        })
        expect(sent.map(({ text }) => text).join('\n')).not.toContain(token)
        expect(await publisher.refusedVariables?.(tree, { declaredRegistries: [ours] })).toMatchObject([
          { line: 2, setting, variable: name },
        ])

        // The control: declared, it is sent there.
        await sayWhoWeAre(publisher, { registry: theirs, declared: [theirs] })
        expect(to('theirs')).toContain(`Bearer ${token}`)
        expect(await publisher.refusedVariables?.(tree, { declaredRegistries: [theirs] })).toEqual([])
      },
    )

    it('sends nothing through a proxy that the repository names', async () => {
      await producer.write({
        '.npmrc': `proxy=${theirs}\nhttps-proxy=${theirs}\nnoproxy=\n//${new URL(ours).host}/:_authToken=\${NPM_TOKEN}\n`,
      })

      await sayWhoWeAre(publisher, { registry: ours, declared: [ours] })

      expect(to('theirs')).toBe('')
      expect(to('ours')).toContain(`Bearer ${token}`)
    })

    it('refuses a token that is a part of another setting', async () => {
      await producer.write({ '.npmrc': `proxy=http://\${NPM_TOKEN}@${new URL(theirs).host}/\n` })

      await expect(sayWhoWeAre(publisher, { registry: ours, declared: [ours] })).rejects.toMatchObject({
        code: 'SETTINGS_VARIABLE_REFUSED',
      })
    })

    it('runs no hook of the repository where it carries credentials', async () => {
      const seen = path.join(home.path, 'seen')
      const hook = `require('node:fs').appendFileSync(${JSON.stringify(seen)}, JSON.stringify(process.env) + '\\n')\nmodule.exports = { hooks: {} }\n`
      await producer.write({
        '.npmrc': `//${new URL(ours).host}/:_authToken=\${NPM_TOKEN}\n`,
        '.pnpmfile.cjs': hook,
        'other.cjs': hook,
        'pnpm-workspace.yaml': `pnpmfile: [other.cjs]\n`,
      })

      await sayWhoWeAre(publisher, { registry: ours, declared: [ours] })

      expect(to('ours')).toContain(`Bearer ${token}`)
      expect(existsSync(seen)).toBe(false)

      // The control: pnpm does run it, where something is packed, and then there is no credential to be seen.
      const found = { name: '@acme/engine', version: '1.0.0', directory: '.', isPrivate: false, needs: [] }
      await publisher.pack({
        worktree: producer.path,
        package: { ...found, registry: ours },
        outDir: path.join(home.path, 'out'),
        context: { runCommand, passEnv: [], declaredRegistries: [ours] },
      })
      expect(existsSync(seen)).toBe(tool === 'pnpm')
      expect(existsSync(seen) ? await readFile(seen, 'utf8') : '').not.toContain('sesame')
    })
  },
)

describe.skipIf(!hasRuby)(`gem${needsRuby}`, () => {
  const gem = publishers.find(({ tool }) => tool === 'gem')

  async function push({ registry, declared }: Saying): Promise<unknown> {
    const context = { runCommand, passEnv: [], declaredRegistries: declared }
    const found = { name: 'engine', version: '1.0.0', directory: '.', isPrivate: false, needs: [] }
    return gem?.publish({
      tarball: await buildGem({ name: 'engine', version: '1.0.0' }, producer.path),
      package: { ...found, registry },
      worktree: producer.path,
      distTag: 'latest',
      timeoutMs: 30_000,
      context,
    })
  }
  async function store(keys: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(path.join(home.path, '.gem'), { recursive: true })
    const text = Object.entries(keys).map(([name, key]) => `${name}: ${key}\n`)
    await writeFile(path.join(home.path, '.gem', 'credentials'), `---\n${text.join('')}`, { mode: 0o600 })
  }
  const whoAmI = (registry: string, declared: readonly string[]) =>
    gem?.whoAmI({ registry, worktree: '.', context: { runCommand, declaredRegistries: declared } })

  it('sends GEM_HOST_API_KEY, and the key of rubygems.org, to no server that only a gemspec names', async () => {
    await store({ ':rubygems_api_key': storedKey })

    await expect(push({ registry: theirs, declared: [ours] })).rejects.toMatchObject({
      code: 'PUBLISH_AUTH',
      hint: expect.stringContaining(`registry: ${theirs}`) as string,
    })

    expect(to('theirs')).toBe('')
    expect(await whoAmI(theirs, [ours])).toBeNull()
    expect(await whoAmI('https://rubygems.org/', [])).toBe('the key in GEM_HOST_API_KEY')

    // The control: declared, it is sent there.
    await push({ registry: theirs, declared: [theirs] }).catch(() => undefined)
    expect(to('theirs')).toContain(gemKey)
  })

  it('sends a server the key that is stored for it, and no other', async () => {
    await store({ ':rubygems_api_key': storedKey, [theirs.replace(/\/$/, '')]: 'rubygems_theirs-sesame' })

    await push({ registry: theirs, declared: [] }).catch(() => undefined)

    expect(to('theirs')).toContain('rubygems_theirs-sesame')
    expect(to('theirs')).not.toContain(storedKey)
    expect(to('theirs')).not.toContain(gemKey)
  })
})
