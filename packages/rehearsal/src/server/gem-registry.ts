import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeGem, type IndexedGem, infoOf, md5, versionsOf } from './gem-index.ts'
import { listenOn, readBody } from './http.ts'

/**
 * A gem server on loopback: the compact index as Bundler reads it, pushing as RubyGems does it, and the gems. No gem
 * server is packaged; the clients are the real ones, and real Ruby reads what is pushed.
 */
export interface GemRegistry extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly apiKey: string
  /** Every request as `METHOD /path`. */
  readonly requests: readonly string[]
  /** Every push that was taken as `NAME-VERSION`. */
  readonly taken: readonly string[]
  /** As if a gem (`NAME-VERSION`) had never been pushed. */
  forget(gem: string): void
  /** Answers one request by other means; false leaves it to the server. */
  interfere(how: ((request: IncomingMessage, response: ServerResponse) => boolean) | null): void
  /** Does what these requests ask for, and cuts the connection instead of answering. */
  loseAnswers(which: ((request: IncomingMessage) => boolean) | null): void
}

export interface GemRegistryOptions {
  /** Keeps the gems, and gives those that are in it already; default: one that goes with the server. */
  readonly folder?: string
  readonly apiKey?: string
  /** Told of each push by somebody with the key, whatever came of it. */
  readonly onPush?: (push: {
    readonly name: string
    readonly version: string
    readonly status: number
  }) => void
}

export async function startGemRegistry(options: GemRegistryOptions = {}): Promise<GemRegistry> {
  const { apiKey = 'rubygems_only-for-tests' } = options
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'conduct-gems-')))
  await mkdir(folder, { recursive: true })
  const gems = await readGems(folder)
  const requests: string[] = []
  const taken: string[] = []
  let isLost: ((request: IncomingMessage) => boolean) | null = null
  let interference: ((request: IncomingMessage, response: ServerResponse) => boolean) | null = null

  const push = async (bytes: Buffer): Promise<readonly [number, string]> => {
    const file = join(folder, `${md5(bytes)}.pushed`)
    await writeFile(file, bytes)
    const { name, gem } = await describeGem(file, bytes)
    await rm(file)
    const known = gems.get(name) ?? []
    const isTaken = known.some(({ number }) => number === gem.number)
    options.onPush?.({ name, version: gem.number, status: isTaken ? 409 : 200 })
    if (isTaken) {
      return [
        409,
        'Repushing of gem versions is not allowed.\nPlease use `gem yank` to remove bad gem releases.',
      ]
    }
    gems.set(name, [...known, gem])
    await writeFile(join(folder, `${name}-${gem.number}.gem`), bytes)
    taken.push(`${name}-${gem.number}`)
    return [200, `Successfully registered gem: ${name} (${gem.number})`]
  }

  const answer = async (request: IncomingMessage): Promise<readonly [number, string | Buffer]> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'POST' && pathname === '/api/v1/gems') {
      const bytes = await readBody(request)
      if (request.headers.authorization !== apiKey)
        return [401, 'Access Denied. Please sign up for an account']
      return await push(bytes)
    }
    if (pathname === '/versions') return [200, versionsOf(gems)]
    if (pathname === '/names') return [200, ['---', ...[...gems.keys()].sort(), ''].join('\n')]
    const info = gems.get(/^\/info\/(.+)$/.exec(decodeURIComponent(pathname))?.[1] ?? '')
    if (info !== undefined) return [200, infoOf(info)]
    const gem = [...gems].flatMap(([name, all]) =>
      all.filter(({ number }) => pathname === `/gems/${name}-${number}.gem`),
    )[0]
    return gem === undefined ? [404, 'This rubygem could not be found.'] : [200, gem.bytes]
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const [status, body] = await answer(request)
      if (isLost?.(request) === true) {
        request.socket.destroy()
        return
      }
      response.writeHead(status, { etag: `"${md5(body)}"`, 'content-type': 'text/plain' })
      response.end(request.method === 'HEAD' ? undefined : body)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  }

  const listening = await listenOn(
    createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      if (interference?.(request, response) === true) return
      void respond(request, response)
    }),
  )
  return {
    port: listening.port,
    url: `http://127.0.0.1:${listening.port}/`,
    apiKey,
    requests,
    taken,
    forget: (gem) => {
      for (const [name, all] of gems) {
        gems.set(
          name,
          all.filter(({ number }) => `${name}-${number}` !== gem),
        )
      }
      rmSync(join(folder, `${gem}.gem`), { force: true })
      taken.splice(0, taken.length, ...taken.filter((one) => one !== gem))
    },
    interfere: (how) => {
      interference = how
    },
    loseAnswers: (which) => {
      isLost = which
    },
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]()
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What an earlier server kept there. */
async function readGems(folder: string): Promise<Map<string, readonly IndexedGem[]>> {
  const gems = new Map<string, readonly IndexedGem[]>()
  const files = (await readdir(folder)).filter((file) => file.endsWith('.gem')).toSorted()
  for (const file of files) {
    const path = join(folder, file)
    const { name, gem } = await describeGem(path, await readFile(path))
    gems.set(name, [...(gems.get(name) ?? []), gem])
  }
  return gems
}
