import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { type S3Credentials, s3Environment, s3Url } from './s3.ts'

/** Two S3 servers that people install, which take a conditional PUT, answer 200 and overwrite. */
export interface LyingS3 extends AsyncDisposable {
  readonly name: string
  readonly endpoint: string
  readonly credentials: S3Credentials
  readonly env: Readonly<Record<string, string>>
  freshUrl(prefix?: string): string
}

const bucket = 'lanes'

/** `s3rver`, which never looks at the conditions of a PUT. */
export async function startS3rver(): Promise<LyingS3> {
  const require = createRequire(import.meta.url)
  const S3rver = require('s3rver') as new (options: object) => {
    run(): Promise<AddressInfo>
    close(): Promise<void>
  }
  const directory = await mkdtemp(join(tmpdir(), 'conduct-s3rver-'))
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  })
  const { port } = await server.run()
  return lying('s3rver', {
    port,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    stop: async () => {
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  })
}

/** The S3 of `emulate`. */
export async function startEmulate(): Promise<LyingS3> {
  const { createEmulator } = await import('emulate')
  const port = await freePort()
  const emulator = await createEmulator({
    service: 'aws',
    port,
    seed: { aws: { region: 'us-east-1', s3: { buckets: [{ name: bucket }] } } },
  })
  return lying('emulate', {
    port,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'only-for-tests' },
    stop: () => emulator.close(),
  })
}

function lying(
  name: string,
  server: { readonly port: number; readonly credentials: S3Credentials; readonly stop: () => Promise<void> },
): LyingS3 {
  const endpoint = `http://127.0.0.1:${server.port}`
  return {
    name,
    endpoint,
    credentials: server.credentials,
    env: s3Environment(server.credentials),
    freshUrl: (prefix = crypto.randomUUID()) => s3Url({ bucket, prefix, endpoint }),
    [Symbol.asyncDispose]: server.stop,
  }
}
