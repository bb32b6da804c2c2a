import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { layoutOf } from '../layout.ts'
import type { ServerMessage, ServerRecord } from '../server-process.ts'
import { recordAttempt } from '../attempts.ts'
import { gemKey } from '../repositories/gem.ts'
import { startCountingProxy } from './counting-proxy.ts'
import { type ForgeSetting, openForge } from './forge.ts'
import { startGemRegistry } from './gem-registry.ts'
import { answer, listen, readBody } from './http.ts'
import { openPlatform } from './platform.ts'
import { startRegistry } from './registry.ts'
import { personsOtp, startStagingRegistry } from './staging.ts'

/**
 * The one server process of an estate: registry behind its counting proxy and staging, gem server, deploy platform with
 * its apps. Ends when asked, or by itself after an hour or when its folder is gone.
 */
const lifeMsMax = 3_600_000
/** An estate whose folder was thrown away needs no server. */
const lookForFolderEveryMs = 5000

const dir = process.argv[2]
if (dir === undefined) throw new Error('invariant broken: the server is given the folder of its estate')
const layout = layoutOf(dir)

await serve()
// Last of all, and only when every app has ended: whoever stops an estate waits for this file to go.
await rm(layout.serverFile, { force: true })
process.exit(0)

async function serve(): Promise<void> {
  const instance = randomUUID()
  const asked = Promise.withResolvers<void>()
  await using registry = await startRegistry(layout.registry)
  await using proxy = await startCountingProxy({ targetPort: registry.port, attempts: layout.attempts })
  await using staging = await startStagingRegistry({
    targetPort: proxy.port,
    folder: layout.staged,
    attestations: layout.attestations,
    otp: personsOtp,
    attempts: layout.attempts,
  })
  await using gems = await startGemRegistry({
    folder: layout.gems,
    apiKey: gemKey,
    onPush: ({ name, version, status }) => {
      const at = new Date().toISOString()
      recordAttempt(layout.attempts, { kind: 'publish', package: name, version, status, at })
    },
  })
  await using platform = await openPlatform(layout)
  await using forge = openForge(layout.dir)
  await using front = await listen(async (request, response) => {
    const isControl = request.method === 'POST' && request.headers['x-estate-instance'] === instance
    if (request.url === '/-/restore' && isControl) {
      await platform.restore()
      answer(response, 200, { restored: true })
    } else if (request.url === '/-/forge' && isControl) {
      const setting = JSON.parse((await readBody(request)).toString('utf8')) as ForgeSetting
      answer(response, 200, await forge.serve(setting))
    } else if (request.url === '/-/stop' && isControl) {
      response.once('close', () => asked.resolve())
      answer(response, 200, { stopping: true })
    } else if (request.url === '/-/instance') {
      answer(response, 200, { instance })
    } else {
      await platform.handle(request, response)
    }
  })
  const record: ServerRecord = {
    pid: process.pid,
    instance,
    registryPort: staging.port,
    platformPort: front.port,
    gemPort: gems.port,
    startedAt: new Date().toISOString(),
  }
  await writeFile(layout.serverFile, JSON.stringify(record))
  const message: ServerMessage = { type: 'ready', record }
  process.send?.(message)

  const life = setTimeout(() => asked.resolve(), lifeMsMax)
  const look = setInterval(() => {
    if (!existsSync(layout.serverFile)) asked.resolve()
  }, lookForFolderEveryMs)
  process.once('SIGTERM', () => asked.resolve())
  process.once('SIGINT', () => asked.resolve())
  await asked.promise
  clearTimeout(life)
  clearInterval(look)
}
