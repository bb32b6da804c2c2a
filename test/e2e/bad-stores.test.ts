import { readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGitPlace } from '../integration/git-places.ts'
import { isLong } from '../bounded.ts'

import { startEmulate, startS3rver } from '../servers/lying-s3.ts'
import { conduct, documentOf, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

/**
 * A store that lies, that is not there, or that does not let us write: whatever is asked says so, with exit 30 or 2,
 * and nothing that could be taken for "held" or for "free".
 */
interface BadStore extends AsyncDisposable {
  readonly url: string
  readonly env?: Readonly<Record<string, string>>
}

const password = 'hunter2-pass'

const badStores: readonly {
  readonly what: string
  readonly open: () => Promise<BadStore>
  readonly exit: 2 | 30
  readonly code: string
  /** Of what the message tells beside the code. */
  readonly tells: RegExp
  /** Another of its kind: by default it gets fewer commands. */
  readonly isAnother?: boolean
}[] = [
  {
    what: 'an S3 that takes every conditional write (s3rver)',
    open: async () => lying(await startS3rver()),
    exit: 2,
    code: 'STORE_LIES',
    tells: /probe \w+ failed/i,
  },
  {
    what: 'another S3 that takes every conditional write (emulate)',
    open: async () => lying(await startEmulate()),
    exit: 2,
    code: 'STORE_LIES',
    tells: /probe \w+ failed/i,
    isAnother: true,
  },
  {
    what: 'a Postgres that nobody serves',
    open: async () => {
      const { port, close } = await listen()
      await close()
      return postgresAt(port, async () => undefined)
    },
    exit: 30,
    code: 'STORE_UNREACHABLE',
    tells: /127\.0\.0\.1/,
  },
  {
    what: 'a Postgres that takes the connection and never answers',
    open: async () => {
      const { port, close } = await listen()
      return postgresAt(port, close)
    },
    exit: 30,
    code: 'STORE_UNREACHABLE',
    tells: /127\.0\.0\.1/,
    isAnother: true,
  },
  {
    what: 'a git remote that refuses refs/conduct',
    open: async () => {
      const place = await openGitPlace()
      await place.hook('update', 'case "$1" in refs/conduct/*) echo "only branches here" >&2; exit 1;; esac')
      return { url: place.url, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() }
    },
    exit: 2,
    code: 'STORE_REFUSED',
    tells: /only branches here/,
  },
]

const commands = {
  'lane show': ['lane', 'show', 'release_train'],
  'lane list': ['lane', 'list'],
  'lane acquire': ['--as', 'cli:ana', 'lane', 'acquire', 'release_train', '--repo', 'shop'],
  exec: ['--as', 'cli:ana', 'exec', 'release_train', '--repo', 'shop', '--', 'touch', 'ran'],
  status: ['status'],
  run: ['--as', 'cli:ana', 'run', 'engine', '--approve'],
  rehearse: ['rehearse'],
  doctor: ['doctor'],
} as const

describe.each(badStores)('$what', ({ open, exit, code, tells, isAnother }) => {
  const folder = temporaryFolder()
  let bad: BadStore
  beforeAll(async () => {
    bad = await open()
    const withStore = smallestLanesYaml.replace('store: sqlite:STORE', `store: ${JSON.stringify(bad.url)}`)
    folder.write('lanes.yaml', withStore)
  })
  afterAll(async () => {
    await bad[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  const { run, exec, doctor, ...others } = commands
  const usual = isAnother === true ? { run } : { run, exec, doctor, 'lane show': others['lane show'] }
  const asked = isLong ? commands : usual

  test.concurrent.each(Object.entries<readonly string[]>(asked))(
    'conduct %s says so',
    async (name, args) => {
      const env = {
        ...bad.env,
        PGPASSWORD: password,
        TMPDIR: folder.path,
        ...(name === 'rehearse' ? { CONDUCT_STORE: bad.url } : {}),
      }
      const options = { cwd: folder.path, env }
      const [shown, read] = await Promise.all([conduct(args, options), conduct(['--json', ...args], options)])

      const said = shown.stdout + shown.stderr
      expect({ exits: [shown.exit, read.exit], said }).toEqual({ exits: [exit, exit], said })
      expect(said).toMatch(tells)
      expect(said).not.toMatch(/\b(?:held|free|yours|in line)\b/i)
      const document = documentOf(read)
      expect(document).toMatchObject({
        ok: false,
        exit,
        error: { code, message: expect.stringMatching(tells) as string },
      })
      for (const answer of ['outcome', 'holders', 'lanes', 'waiting', 'state'])
        expect(document).not.toHaveProperty(answer)
      expect(said + read.stdout + read.stderr).not.toContain(password)
      expect(
        readdirSync(folder.path).filter((file) => file === 'ran' || file.startsWith('conduct-rehearsal')),
      ).toEqual([])
    },
    120_000,
  )
})

function lying(server: Awaited<ReturnType<typeof startS3rver>>): BadStore {
  return {
    url: server.freshUrl(),
    env: server.env,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function postgresAt(port: number, close: () => Promise<void>): BadStore {
  return { url: `postgres://lanes@127.0.0.1:${port}/conduct`, [Symbol.asyncDispose]: close }
}

async function listen(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it listens on a port')
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
