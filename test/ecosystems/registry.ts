import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

// Verdaccio is CommonJS and far heavier to import through the module loader's interop.
const { runServer } = createRequire(import.meta.url)('verdaccio') as {
  runServer: (config: object) => Promise<Server>
}

/** A real registry on loopback with one user; without uplinks, so that nothing leaves this machine. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string
  readonly user: string
  readonly token: string
  /** A folder that serves as home of somebody who may publish. */
  readonly home: string
  /** The .npmrc lines of somebody who may publish. */
  readonly npmrc: string
}

export async function startRegistry(): Promise<LocalRegistry> {
  const storage = await mkdtemp(path.join(tmpdir(), 'conduct-registry-'))
  const server = await runServer({
    storage,
    self_path: storage,
    configPath: storage,
    web: { enable: false },
    auth: {
      htpasswd: { file: path.join(storage, 'htpasswd'), max_users: 10, algorithm: 'bcrypt', rounds: 1 },
    },
    uplinks: {},
    packages: {
      '@private/*': { access: '$authenticated', publish: '$authenticated' },
      '**': { access: '$all', publish: '$authenticated', unpublish: '$authenticated' },
    },
    log: { type: 'stdout', format: 'json', level: 'fatal' },
    max_body_size: '20mb',
    userRateLimit: { windowMs: 1000, max: 10_000 },
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const token = await addUser(url, 'ana')
  return {
    url,
    user: 'ana',
    token,
    home: storage,
    npmrc: `${url.replace('http:', '')}:_authToken=${token}\n`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      await rm(storage, { recursive: true, force: true })
    },
  }
}

async function addUser(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: 'only-for-tests' }),
  })
  const { token } = (await response.json()) as { token?: string }
  if (token === undefined) throw new Error(`the registry gave no token: ${response.status}`)
  return token
}
