import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LanesConfig } from '@conduct/config'
import type { ConductEventBody, PlanId, RunId } from '@conduct/core'
import { systemClock } from '@conduct/lanes/engine'
import { announced } from './announce.ts'
import type { ConductorOptions, RunResult } from './api.ts'

const run = '8f2c11' as RunId
const waiting = {
  record: {
    asked: null,
    run,
    train: 'engine',
    state: 'waiting_approval',
    stop: { code: 'APPROVAL_MISSING', message: 'waiting for ana; token hunter2' },
    next: 'conduct resume 8f2c11',
  },
  exit: 6,
  held: null,
} as unknown as RunResult

const conduct = (options: ConductorOptions): Promise<RunResult> => {
  options.emit({ type: 'run_opened', run, train: 'engine', kind: 'run' })
  return Promise.resolve(waiting)
}

describe('notify of lanes.yaml', () => {
  let folder: string
  const events: ConductEventBody[] = []
  beforeEach(async () => {
    events.length = 0
    folder = await mkdtemp(join(tmpdir(), 'announce-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const optionsWith = (notify: LanesConfig['notify']) =>
    ({
      config: { estate: 'acme', notify },
      configPath: join(folder, 'lanes.yaml'),
      clock: { ...systemClock, sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
      identity: { holder: 'cli:ana@host', person: 'ana' },
      redact: (text: string) => text.replaceAll('hunter2', '***'),
      emit: (event: ConductEventBody) => events.push(event),
    }) as unknown as ConductorOptions

  async function commandThat(does: string): Promise<LanesConfig['notify']> {
    await writeFile(join(folder, 'tell'), `#!/bin/sh\n${does}\n`)
    await chmod(join(folder, 'tell'), 0o755)
    return { command: { argv: ['./tell'] } }
  }

  it('gives its command each event as a line of JSON, beside lanes.yaml, in order and redacted', async () => {
    await announced(optionsWith(await commandThat('cat >> told')), conduct)

    const told = (await readFile(join(folder, 'told'), 'utf8')).trim().split('\n')
    expect(told.map((line) => JSON.parse(line))).toMatchObject([
      {
        format: 1,
        type: 'run_started',
        estate: 'acme',
        train: 'engine',
        run,
        by: 'cli:ana@host',
        exit: null,
      },
      {
        type: 'run_waiting',
        state: 'waiting_approval',
        exit: 6,
        error: { code: 'APPROVAL_MISSING', message: 'waiting for ana; token ***' },
        next: 'conduct resume 8f2c11',
      },
    ])
    expect(events.map(({ type }) => type)).toEqual(['run_opened'])
  })

  it('tells of a run that waits with its lane, too, while it waits', async () => {
    const asked = {
      planId: '5d0e1a2b' as PlanId,
      planHash: 'a'.repeat(64),
      by: ['ana', 'carl'],
      proof: 'ssh',
      place: null,
      until: '2026-03-01T12:00:00.000Z',
      isHeld: true,
    } as const
    const options = {
      ...optionsWith(await commandThat('cat >> told')),
      launcher: 'conduct --as cli:ana',
      launcherForOthers: 'conduct',
    }

    await announced(options, (heard) => {
      heard.emit({ type: 'run_opened', run, train: 'engine', kind: 'run' })
      heard.emit({ type: 'approval_asked', run, asked })
      heard.emit({ type: 'approval_asked', run, asked: { ...asked, isHeld: false } })
      return Promise.resolve(waiting)
    })

    const told = (await readFile(join(folder, 'told'), 'utf8')).trim().split('\n')
    expect(told.map((line) => JSON.parse(line) as object)).toMatchObject([
      { type: 'run_started' },
      {
        type: 'run_waiting',
        train: 'engine',
        state: 'waiting_approval',
        exit: null,
        error: {
          code: 'APPROVAL_MISSING',
          message: 'waiting for ana or carl to approve plan 5d0e1a2b with an SSH signature',
        },
        next: 'conduct approve 5d0e1a2b --sign',
      },
      { type: 'run_waiting', exit: 6 },
    ])
  })

  it('posts it to an address', async () => {
    const told: string[] = []
    const server = createServer((request, response) => {
      request.setEncoding('utf8')
      request.on('data', (text: string) => told.push(text))
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo

    await announced(optionsWith({ url: `http://127.0.0.1:${port}/hook` }), conduct)

    server.close()
    expect(told.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual([
      'run_started',
      'run_waiting',
    ])
  })

  it('never fails a run: a command that fails only warns', async () => {
    const result = await announced(
      optionsWith(await commandThat('echo no such channel >&2; exit 3')),
      conduct,
    )

    expect(result).toBe(waiting)
    const warnings = events.filter((event) => event.type === 'warning')
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatchObject({
      code: 'NOTIFY_FAILED',
      message: expect.stringMatching(/exit code 3 no such channel/),
    })
  })

  it('never fails a run: a command that does not read is none that fails', async () => {
    await announced(optionsWith(await commandThat('exit 0')), conduct)

    expect(events.map(({ type }) => type)).toEqual(['run_opened'])
  })

  it('never fails a run: a program that is not there', async () => {
    const result = await announced(optionsWith({ command: { argv: ['./nobody'] } }), conduct)

    expect(result).toBe(waiting)
    expect(events).toContainEqual(expect.objectContaining({ code: 'NOTIFY_FAILED' }))
  })

  it('tries again where that can help, tells the same under the same id, and says how often it tried', async () => {
    const heard: string[] = []
    const answers = [503, 200, 500, 500, 500, 404]
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { id, type } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>
        heard.push(`${type} ${id}`)
        response.writeHead(answers[heard.length - 1] ?? 200).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const told = () => announced(optionsWith({ url: `http://127.0.0.1:${port}/` }), conduct)

    const first = await told()
    await told()
    server.close()

    expect(first).toBe(waiting)
    expect(heard.map((line) => line.split(' ')[0])).toEqual([
      'run_started',
      'run_started',
      'run_waiting',
      'run_waiting',
      'run_waiting',
      'run_started',
      'run_waiting',
    ])
    expect(heard[0]).toBe(heard[1])
    expect(new Set(heard.slice(2, 5)).size).toBe(1)
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual([
      expect.stringMatching(/is waiting_approval: it answered 500 \(3 tries\)$/u),
      expect.stringMatching(/is running: it answered 404$/u),
    ])
  })
})
