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
