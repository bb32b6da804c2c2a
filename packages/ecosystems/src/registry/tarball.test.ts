import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { downloadTarball, integrityOfFile } from './tarball.ts'

let folder: string
let server: Server
let url: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tarball-test-'))
  server = createServer((request, response) => {
    response.writeHead(request.url === '/a.tgz' ? 200 : 404)
    response.end(request.url === '/a.tgz' ? 'bytes' : 'no')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

test.each(['sha1', 'sha512'])('brings a tarball that is what %s promises', async (algorithm) => {
  const file = join(folder, 'a.tgz')
  await writeFile(join(folder, 'same'), 'bytes')
  const integrity = await integrityOfFile(join(folder, 'same'), algorithm)

  const packed = await downloadTarball({ url: `${url}/a.tgz`, integrity, file })

  expect(packed).toEqual({ path: file, integrity, sizeBytes: 5 })
  expect(await readFile(file, 'utf8')).toBe('bytes')
})

test('says who asks to the registry, and not to where it sends the question on', async () => {
  const asked: string[] = []
  const listen = async (answer: (path: string) => string | null) => {
    const one = createServer(({ url: path = '', headers }, response) => {
      asked.push(`${path} ${headers.authorization ?? 'nobody'}`)
      const location = answer(path)
      response.writeHead(location === null ? 200 : 302, location === null ? {} : { location })
      response.end('bytes')
    })
    await new Promise<void>((resolve) => {
      one.listen(0, '127.0.0.1', resolve)
    })
    return { close: () => one.close(), address: `http://127.0.0.1:${(one.address() as AddressInfo).port}` }
  }
  const elsewhere = await listen(() => null)
  const registry = await listen((path) => (path === '/moved.tgz' ? `${elsewhere.address}/there.tgz` : null))
  const file = join(folder, 'a.tgz')
  await writeFile(file, 'bytes')
  const integrity = await integrityOfFile(file)
  const authorizationOf = (address: string) => (address.startsWith(registry.address) ? 'Bearer s3cret' : null)

  for (const name of ['a', 'moved']) {
    await downloadTarball({ url: `${registry.address}/${name}.tgz`, integrity, file, authorizationOf })
  }
  registry.close()
  elsewhere.close()

  expect(asked).toEqual(['/a.tgz Bearer s3cret', '/moved.tgz Bearer s3cret', '/there.tgz nobody'])
})

test('refuses a tarball with other bytes', async () => {
  const file = join(folder, 'a.tgz')

  await expect(downloadTarball({ url: `${url}/a.tgz`, integrity: 'sha512-x', file })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('promises sha512-x') as string,
  })
})

test('says what was answered instead of a tarball', async () => {
  const file = join(folder, 'b.tgz')

  await expect(downloadTarball({ url: `${url}/b.tgz`, integrity: 'sha512-x', file })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: `${url}/b.tgz: answered 404`,
  })
})
