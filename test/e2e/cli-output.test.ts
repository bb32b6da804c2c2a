import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { conduct, documentOf, program, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

describe.concurrent('output', () => {
  test('has no colour in a pipe, has it with FORCE_COLOR, and --no-color wins', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', '/srv/state.db'))
    const at = (env: Record<string, string>) => ({ cwd: folder.path, env })

    const plain = await conduct(['check'], at({}))
    const forced = await conduct(['check'], at({ FORCE_COLOR: '1' }))
    const refused = await conduct(['check'], at({ NO_COLOR: '1' }))
    const flagged = await conduct(['check', '--no-color'], at({ FORCE_COLOR: '1' }))

    expect(forced.stdout).toContain('\u001b[')
    for (const { stdout } of [plain, refused, flagged]) expect(stdout).not.toContain('\u001b[')
  })

  test('hides secrets of the environment and of addresses, in text, JSON and events', async () => {
    using folder = temporaryFolder()
    const secret = 'hunter2-hunter2'
    const env = { DEPLOY_TOKEN: secret }
    const store = join(folder.path, 'state.db')
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', store))
    const events = join(folder.path, 'events.ndjson')

    const args = ['lane', 'acquire', 'docs', '--task', secret, '--reason', 'https://ana:s3cr3t@git.example/x']
    const text = await conduct([...args, '--events', events, '-v'], { cwd: folder.path, env })
    const json = await conduct(['lane', 'show', 'docs', '--json'], { cwd: folder.path, env })

    const everything = [
      text.stdout,
      text.stderr,
      json.stdout,
      json.stderr,
      readFileSync(events, 'utf8'),
    ].join('\n')
    expect(everything).toContain('***')
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain('s3cr3t')
  })

  test('status shows what it knows of an estate that nobody can reach, says why per repo, and exits 0', async () => {
    using folder = temporaryFolder()
    const forge = 'forge: { github: "http://127.0.0.1:1" }'
    const yaml = smallestLanesYaml
      .replace('STORE', join(folder.path, 'state.db'))
      .replaceAll(/file:\/\/\/srv\/(\w+)\.git" /gu, `file:///srv/acme/$1.git", ${forge} `)
    folder.write('lanes.yaml', yaml)
    const env = { GH_ENTERPRISE_TOKEN: 'ghp_0123456789abcdefghijABCDEFGHIJ012345' }

    const ended = await conduct(['status', '--json'], { cwd: folder.path, env })

    const unheard = [expect.stringMatching(/127\.0\.0\.1:1|ECONNREFUSED|did not answer/u) as string]
    expect(documentOf(ended)).toMatchObject({
      ok: true,
      exit: 0,
      trains: [{ train: 'engine', consumers: [{ repo: 'shop', unknown: expect.any(String) as string }] }],
      forge: [
        { repo: 'engine', checks: null, pull_requests: null, unknown: unheard },
        { repo: 'shop', checks: null, pull_requests: null, unknown: unheard },
      ],
    })
    expect(ended.exit).toBe(0)
  })

  test('writes events as they happen, the format first', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'state.db')))

    await conduct(['lane', 'acquire', 'docs', '--events', 'events.ndjson'], { cwd: folder.path })

    const lines = readFileSync(join(folder.path, 'events.ndjson'), 'utf8').trimEnd().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toEqual({ type: 'format', format: 1 })
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      type: 'lane_changed',
      lane: 'docs',
      change: 'granted',
      at: expect.stringMatching(/Z$/) as string,
    })
  })

  test('says when the events file cannot be written, before anything else (OUTPUT_UNWRITABLE)', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'store', 'state.db')))

    const ended = await conduct(['lane', 'acquire', 'docs', '--events', 'no/such/folder/x', '--json'], {
      cwd: folder.path,
    })
    const shown = await conduct(['lane', 'show', 'docs', '--json'], { cwd: folder.path })

    expect(documentOf(ended)).toMatchObject({ exit: 2, error: { code: 'OUTPUT_UNWRITABLE' } })
    expect(documentOf(shown)).toMatchObject({ holders: [] })
  })

  test('does its work to the end when nobody reads what it says', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'state.db')))
    const child = spawn(process.execPath, [program, 'lane', 'acquire', 'docs'], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], HOME: folder.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    child.stderr.destroy()

    const exit = await new Promise((resolve) => child.on('exit', resolve))
    const shown = await conduct(['lane', 'show', 'docs', '--json'], { cwd: folder.path })

    expect(exit).toBe(0)
    expect(documentOf(shown)).toMatchObject({ holders: [{ token: 1 }] })
  })

  test('calls what nobody expected a bug, exits 70 and leaves a report without secrets (INTERNAL)', async () => {
    using folder = temporaryFolder()
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'state.db')))
    // A file where the folder of the proofs should be: an error that nobody translates.
    const state = join(folder.path, 'state')
    mkdirSync(join(state, 'conduct', 'acme'), { recursive: true })
    folder.write('state/conduct/acme/claims', '')

    const ended = await conduct(['lane', 'acquire', 'docs', '--reason', 'hunter2-hunter2', '--json'], {
      cwd: folder.path,
      env: { XDG_STATE_HOME: state, MY_SECRET: 'hunter2-hunter2' },
    })

    const document = documentOf(ended) as { exit: number; error: { code: string; hint: string } }
    expect(document).toMatchObject({ exit: 70, error: { code: 'INTERNAL' } })
    const path = /file: (\S+)$/.exec(document.error.hint)?.[1] ?? ''
    const report = readFileSync(path, 'utf8')
    expect(report).toContain('conduct 0.1.0')
    expect(report).toContain('ENOTDIR')
    expect(report).not.toContain('hunter2')
  })
})
