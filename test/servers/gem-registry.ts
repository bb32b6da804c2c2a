import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A gem server on loopback: the compact index as Bundler reads it, pushing as RubyGems does it, and the gems. No gem
 * server is packaged; the clients are the real ones, and real Ruby reads what is pushed.
 */
export interface GemRegistry extends AsyncDisposable {
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

interface Pushed {
  readonly number: string
  readonly needs: readonly { readonly name: string; readonly requirement: string }[]
  readonly ruby: string
  readonly checksum: string
  readonly bytes: Buffer
}

const describeScript = `
require 'json'
require 'rubygems/package'
spec = Gem::Package.new(ARGV.fetch(0)).spec
puts JSON.generate(
  name: spec.name,
  number: spec.platform.to_s == 'ruby' ? spec.version.to_s : "#{spec.version}-#{spec.platform}",
  needs: spec.runtime_dependencies.map { |one| { name: one.name, requirement: one.requirement.to_s.gsub(', ', '&') } },
  ruby: spec.required_ruby_version.to_s.gsub(', ', '&')
)
`

export async function startGemRegistry(): Promise<GemRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conduct-gems-'))
  const apiKey = 'rubygems_only-for-tests'
  const gems = new Map<string, Pushed[]>()
  const requests: string[] = []
  const taken: string[] = []
  let isLost: ((request: IncomingMessage) => boolean) | null = null
  let interference: ((request: IncomingMessage, response: ServerResponse) => boolean) | null = null

  const push = async (bytes: Buffer): Promise<readonly [number, string]> => {
    const checksum = createHash('sha256').update(bytes).digest('hex')
    const file = path.join(folder, `${checksum}.gem`)
    await writeFile(file, bytes)
    const { stdout } = await run('ruby', ['-e', describeScript, file])
    const { name, ...described } = JSON.parse(stdout) as { name: string } & Omit<Pushed, 'checksum' | 'bytes'>
    const known = gems.get(name) ?? []
    if (known.some(({ number }) => number === described.number)) {
      return [
        409,
        'Repushing of gem versions is not allowed.\nPlease use `gem yank` to remove bad gem releases.',
      ]
    }
    gems.set(name, [...known, { ...described, checksum, bytes }])
    taken.push(`${name}-${described.number}`)
    return [200, `Successfully registered gem: ${name} (${described.number})`]
  }

  const answer = async (request: IncomingMessage): Promise<readonly [number, string | Buffer]> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'POST' && pathname === '/api/v1/gems') {
      const bytes = await bodyOf(request)
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

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (interference?.(request, response) === true) return
    void respond(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
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
      taken.splice(0, taken.length, ...taken.filter((one) => one !== gem))
    },
    interfere: (how) => {
      interference = how
    },
    loseAnswers: (which) => {
      isLost = which
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function infoOf(versions: readonly Pushed[]): string {
  const lines = versions.map(({ number, needs, ruby, checksum }) => {
    const needed = needs.map(({ name, requirement }) => `${name}:${requirement}`).join(',')
    return `${number} ${needed}|checksum:${checksum},ruby:${ruby}`
  })
  return ['---', ...lines, ''].join('\n')
}

/** Clients compare the MD5 of each info file with the one named here, and fetch those that differ. */
function versionsOf(gems: ReadonlyMap<string, readonly Pushed[]>): string {
  const lines = [...gems].map(
    ([name, all]) => `${name} ${all.map(({ number }) => number).join(',')} ${md5(infoOf(all))}`,
  )
  return ['created_at: 2026-01-01T00:00:00Z', '---', ...lines, ''].join('\n')
}

function md5(body: string | Buffer): string {
  return createHash('md5').update(body).digest('hex')
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
