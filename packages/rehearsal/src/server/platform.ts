import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, relative } from 'node:path'
import { recordAttempt } from '../attempts.ts'
import type { Layout } from '../layout.ts'
import { type AppProcess, startApp } from './app-process.ts'
import { forward } from './counting-proxy.ts'
import { answer, readBody } from './http.ts'
import { makeRelease } from './release.ts'

/** What runs, as kept on disk; folders are relative to the platform's, so that a copy still finds them. */
export interface PlatformState {
  readonly apps: Readonly<Record<string, { readonly sha: string; readonly folder: string }>>
  readonly config: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export const emptyPlatformState: PlatformState = { apps: {}, config: {} }

export interface Platform extends AsyncDisposable {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Starts what the state on disk says was running. */
  restore(): Promise<void>
}

/**
 * A deploy platform in the small: takes a commit, releases it beside the one that runs, starts it, asks whether it
 * is well, switches the address over and stops the old one. A release that is not well changes nothing.
 *
 * `POST /deploy {app, sha}` · `GET /current?app=` · `GET /apps/<app>/…` · `GET|PUT /config/<app>/<KEY>`
 */
export async function openPlatform(layout: Layout): Promise<Platform> {
  const stateFile = join(layout.platform, 'state.json')
  const running = new Map<string, AppProcess>()
  const lines = new Map<string, Promise<unknown>>()
  let state = emptyPlatformState
  let releases = 0

  const readState = async (): Promise<void> => {
    const text = await readFile(stateFile, 'utf8').catch(() => null)
    if (text !== null) state = JSON.parse(text) as PlatformState
  }
  /** Changes of several apps at the same moment are written one after the other, each upon the one before. */
  let written: Promise<unknown> = Promise.resolve()
  const changeState = (change: (before: PlatformState) => PlatformState): Promise<void> => {
    const write = async (): Promise<void> => {
      const changed = change(state)
      await mkdir(layout.platform, { recursive: true })
      await writeFile(`${stateFile}.new`, JSON.stringify(changed))
      await rename(`${stateFile}.new`, stateFile)
      state = changed
    }
    const next = written.then(write)
    written = next.catch(() => {})
    return next
  }
  await readState()

  /** One deploy of an app after the other. */
  const inLine = <T>(app: string, act: () => Promise<T>): Promise<T> => {
    const next = (lines.get(app) ?? Promise.resolve()).then(act)
    lines.set(
      app,
      next.catch(() => {}),
    )
    return next
  }

  async function deploy(app: string, sha: string): Promise<{ readonly previous: string | null }> {
    releases += 1
    const folder = join(layout.platform, 'releases', app, `${sha.slice(0, 12)}-${process.pid}-${releases}`)
    try {
      await makeRelease({ layout, app, sha, folder })
      await switchTo(app, await startApp({ folder, sha }))
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
    const before = state.apps[app]
    const entry = { sha, folder: relative(layout.platform, folder) }
    await changeState((now) => ({ ...now, apps: { ...now.apps, [app]: entry } }))
    if (before !== undefined) await rm(join(layout.platform, before.folder), { recursive: true, force: true })
    return { previous: before?.sha ?? null }
  }

  async function switchTo(app: string, next: AppProcess): Promise<void> {
    const old = running.get(app)
    running.set(app, next)
    await old?.stop()
  }

  async function handleDeploy(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { app, sha } = JSON.parse((await readBody(request)).toString('utf8')) as {
      app?: string
      sha?: string
    }
    if (
      app === undefined ||
      sha === undefined ||
      !/^[0-9a-f]{40}$/.test(sha) ||
      !(await isApp(layout, app))
    ) {
      answer(response, 400, { error: 'a deploy names an app of this estate and a full commit id' })
      return
    }
    recordAttempt(layout.attempts, { kind: 'deploy', app, sha, at: new Date().toISOString() })
    const { previous } = await inLine(app, () => deploy(app, sha))
    answer(response, 200, { app, sha, previous })
  }

  /** In line, too: whoever asks while a deploy is under way is told what came of it. */
  async function handleCurrent(response: ServerResponse, app: string): Promise<void> {
    const sha = await inLine(app, async () => state.apps[app]?.sha ?? '')
    answer(response, 200, { sha })
  }

  async function handleConfig(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const [app = '', key = ''] = path.slice('/config/'.length).split('/')
    if (request.method === 'PUT') {
      const value = (await readBody(request)).toString('utf8')
      recordAttempt(layout.attempts, { kind: 'configure', app, key, value, at: new Date().toISOString() })
      await changeState((now) => ({
        ...now,
        config: { ...now.config, [app]: { ...now.config[app], [key]: value } },
      }))
    }
    answer(response, 200, { value: state.config[app]?.[key] ?? '' })
  }

  async function toApp(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, , app = '', ...rest] = path.split('/')
    const target = running.get(app)
    if (target === undefined) {
      answer(response, 503, { error: `${app} is not running` })
      return
    }
    const inner = Object.assign(request, { url: `/${rest.join('/')}` })
    const body = await readBody(request)
    await forward({ request: inner, response, body, targetPort: target.port }, () => {})
  }

  return {
    async handle(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://platform')
      if (pathname === '/deploy' && request.method === 'POST') await handleDeploy(request, response)
      else if (pathname === '/current') await handleCurrent(response, searchParams.get('app') ?? '')
      else if (pathname.startsWith('/config/')) await handleConfig(request, response, pathname)
      else if (pathname.startsWith('/apps/')) await toApp(request, response, pathname)
      else answer(response, 404, { error: `nothing at ${pathname}` })
    },
    async restore() {
      await readState()
      await Promise.all(
        Object.entries(state.apps).map(async ([app, { sha, folder }]) =>
          switchTo(app, await startApp({ folder: join(layout.platform, folder), sha })),
        ),
      )
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running.values()].map((app) => app.stop()))
      running.clear()
    },
  }
}

async function isApp(layout: Layout, app: string): Promise<boolean> {
  return /^[a-z][a-z0-9-]*$/.test(app) && (await stat(layout.remote(app)).catch(() => null)) !== null
}
