import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { runServer } from 'verdaccio'
import { type Listening, listenOn } from './http.ts'

/**
 * A real npm registry, in this process, over one folder: no uplinks, everybody reads, a user publishes. Its tokens
 * are signed, so that a request costs no password hashing, and stay good when the folder is copied.
 */
export async function startRegistry(folder: string): Promise<Listening> {
  await mkdir(folder, { recursive: true })
  const everything = { access: ['$all'], publish: ['$authenticated'], unpublish: [] }
  const config = {
    configPath: join(folder, 'config.yaml'),
    self_path: join(folder, 'config.yaml'),
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), algorithm: 'bcrypt', rounds: 4, max_users: 5 } },
    security: { api: { jwt: { sign: { expiresIn: '2d' } } } },
    uplinks: {},
    packages: { '@*/*': everything, '**': everything },
    web: { enable: false },
    log: { type: 'stdout', format: 'json', level: 'warn' },
    max_body_size: '60mb',
  }
  const server = (await runServer(config)) as Server
  return listenOn(server)
}
