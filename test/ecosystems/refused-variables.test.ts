import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileTreeOfFolder, type Publisher, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'

/**
 * A producer whose settings name variables of our environment, and a registry of its choice that writes down all it
 * is sent. Each case has its control: declared in lanes.yaml, the same value does arrive.
 */
const secret = 'aws-secret-sesame'
const own = 'own-token-sesame'
let listening: Server
let registry = ''
let sent: string[] = []
let producer: Folder
let home: Folder

beforeAll(async () => {
  listening = createServer((request, response) => {
    sent.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"username":"mallory","objects":[]}')
  })
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve)
  })
  registry = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`
})

afterAll(() => {
  listening.closeAllConnections()
  listening.close()
})

beforeEach(async () => {
  producer = await makeFolder({ 'package.json': { name: '@acme/engine', version: '1.0.0' } })
  home = await makeFolder({ '.npmrc': '//npm.acme.test/:_authToken=${ACME_TOKEN}\n' })
  sent = []
  vi.stubEnv('HOME', home.path)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
  vi.stubEnv('AWS_SECRET', secret)
  vi.stubEnv('ACME_TOKEN', own)
  vi.stubEnv('NPM_TOKEN', 'meant-for-registries')
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await producer[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
})

const place = () => new URL(registry).host
const asToken = (variable: string) => `//${place()}/:_authToken=${variable}\n`

/** Everything that says who we are to a registry. */
async function sayWhoWeAre(publisher: Publisher, passEnv: readonly string[]): Promise<void> {
  const declaredRegistries = [registry]
  const where = { registry, worktree: producer.path, declaredRegistries }
  const context = { runCommand, passEnv, declaredRegistries }
  const options = { ...where, tarball: path.join(producer.path, 'none.tgz'), distTag: 'latest' }
  const found = { name: '@acme/engine', version: '1.0.0', directory: '.', isPrivate: false, needs: [] }
  await publisher.credential?.({ ...where, passEnv })
  await publisher.staging?.observe({ ...where, passEnv, package: found.name, version: found.version })
  await publisher.whoAmI({ ...where, context })
  await publisher
    .publish({ ...options, package: { ...found, registry }, timeoutMs: 30_000, context })
    .catch(() => undefined)
}

const npmPublishers = publishers.filter(({ ecosystem }) => ecosystem === 'npm')

describe.each(npmPublishers.map((publisher) => [publisher.tool, publisher] as const))(
  '%s',
  (tool, publisher) => {
    it.each([
      ['a variable of ours', 'AWS_SECRET', '${AWS_SECRET}', secret],
      ['a variable with a default', 'AWS_SECRET', '${AWS_SECRET-none}', secret],
      ['what only our own configuration may ask for', 'ACME_TOKEN', '${ACME_TOKEN}', own],
      ['the same, spelt by number', 'ACME_TOKEN', '"\\u0024{ACME_TOKEN}"', own],
    ])('sends no registry %s, and says which', async (_case, variable, written, value) => {
      await producer.write({ '.npmrc': asToken(written) })

      await expect(sayWhoWeAre(publisher, [])).rejects.toMatchObject({
        code: 'SETTINGS_VARIABLE_REFUSED',
        message: expect.stringContaining(`.npmrc:1: //${place()}/:_authToken asks for ${variable}`) as string,
      })
      const refused = await publisher.refusedVariables?.(fileTreeOfFolder(producer.path), {})
      expect(refused).toMatchObject([{ file: '.npmrc', line: 1, variable }])
      expect(sent.join('\n')).not.toContain(value)
    })

    it('sends what lanes.yaml declares for the repository, and the usual token', async () => {
      await producer.write({ '.npmrc': asToken('${AWS_SECRET}') })
      await sayWhoWeAre(publisher, ['AWS_SECRET'])
      // pnpm 12 fills in no variables of a repository by itself: there it is only what we ask.
      const asked = sent.filter((request) => request.includes(`Bearer ${secret}`))
      expect(asked.length).toBeGreaterThanOrEqual(tool === 'npm' ? 3 : 2)
      expect(
        await publisher.refusedVariables?.(fileTreeOfFolder(producer.path), { passEnv: ['AWS_SECRET'] }),
      ).toEqual([])

      await producer.write({ '.npmrc': asToken('${NPM_TOKEN}') })
      sent = []
      await sayWhoWeAre(publisher, [])
      expect(sent.join('\n')).toContain('Bearer meant-for-registries')
    })

    it.each(['AWS_SECRET', 'NPM_TOKEN'])('makes no address of a registry out of %s', async (variable) => {
      await producer.write({ '.npmrc': `registry=${registry}\${${variable}}/\n` })
      const tree = fileTreeOfFolder(producer.path)

      await expect(publisher.discover(tree, [])).rejects.toMatchObject({ code: 'SETTINGS_VARIABLE_REFUSED' })
      const [found] = await publisher.discover(tree, [variable])
      expect(found?.registry).toBe(`${registry}${process.env[variable]}/`)
    })

    it('lets settings ask for what is not set, what is plain, and in comments', async () => {
      await producer.write({
        '.npmrc': `# \${AWS_SECRET}\ncache=\${HOME}/c\n//other.test/:_authToken=\${NOT_SET}\nloglevel=\${AWS_SECRET}\n`,
      })

      expect(await publisher.refusedVariables?.(fileTreeOfFolder(producer.path), {})).toEqual([])
    })
  },
)
