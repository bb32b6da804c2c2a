import { chmod, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { type Server, type Socket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'subprocess-test-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const node = (script: string, ...args: string[]) => ({ argv: [process.execPath, '-e', script, ...args] })
const run = (command: Parameters<typeof runCommand>[0], options = {}) =>
  runCommand(command, { cwd: folder, timeoutMs: 30_000, ...options })

describe('how a command ends', () => {
  test('gives exit code, both streams and the folder it ran in', async () => {
    const result = await run(node('console.log(process.cwd()); console.error("on stderr"); process.exit(3)'))

    expect(result).toMatchObject({
      outcome: 'exited',
      exitCode: 3,
      signal: null,
      stdout: `${folder}\n`,
      stderr: 'on stderr\n',
      isTruncated: false,
    })
  })

  test('names the signal that ended it', async () => {
    const result = await run(node('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)'))

    expect(result).toMatchObject({ outcome: 'signalled', exitCode: null, signal: 'SIGKILL' })
  })

  test('passes standard input', async () => {
    const result = await run({ argv: ['cat'] }, { stdin: 'from the caller\n' })

    expect(result.stdout).toBe('from the caller\n')
  })

  test('survives a command that never reads its standard input', async () => {
    const result = await run({ argv: ['true'] }, { stdin: 'x'.repeat(1_000_000) })

    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 })
  })

  test('throws COMMAND_NOT_FOUND for a program that does not exist', async () => {
    await expect(run({ argv: ['conduct-no-such-program'] })).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      message: 'there is no program conduct-no-such-program',
    })
    await expect(run({ argv: ['bin/nothing-here'] })).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' })
  })

  test('throws COMMAND_NOT_FOUND for a file that may not be executed, and says so', async () => {
    await writeFile(join(folder, 'deploy'), '#!/bin/sh\n')
    await chmod(join(folder, 'deploy'), 0o644)

    await expect(run({ argv: ['./deploy'] })).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      message: './deploy is there, but may not be executed',
    })
  })

  test('finds a program relative to its folder', async () => {
    await writeFile(join(folder, 'deploy'), '#!/bin/sh\necho deployed "$1"\n')
    await chmod(join(folder, 'deploy'), 0o755)

    const result = await run({ argv: ['./deploy', 'a b'] })

    expect(result.stdout).toBe('deployed a b\n')
  })
})

describe('the shell', () => {
  test('is not used: an argument with shell signs arrives as it is', async () => {
    const nasty = '$(touch pwned); `touch pwned` > pwned *'

    const result = await run(node('console.log(process.argv[1])', nasty))

    expect(result.stdout).toBe(`${nasty}\n`)
    expect(await readdir(folder)).toEqual([])
  })

  test('is used when asked for', async () => {
    const result = await run({ shell: 'echo one && echo two | tr a-z A-Z' })

    expect(result.stdout).toBe('one\nTWO\n')
  })
})

describe('the environment', () => {
  const inherited = {
    npm_config_registry: 'http://elsewhere',
    YARN_ENABLE_SCRIPTS: '0',
    GIT_DIR: '/elsewhere/.git',
    CONDUCT_STORE: 'sqlite:/elsewhere',
    SUBPROCESS_TEST_PASSED: 'on purpose',
  }
  beforeAll(() => Object.assign(process.env, inherited))
  afterAll(() => {
    for (const name of Object.keys(inherited)) Reflect.deleteProperty(process.env, name)
  })
  const printEnv = node('console.log(JSON.stringify(process.env))')

  test('holds PATH, a temporary HOME and the basics, and nothing inherited', async () => {
    const { stdout } = await run(printEnv)

    const env = JSON.parse(stdout) as Record<string, string>
    expect(Object.keys(env).sort()).toEqual(['HOME', 'LANG', 'PATH', 'TERM', 'TZ'])
    expect(env['PATH']).toBe(process.env['PATH'])
    expect(env['HOME']).not.toBe(process.env['HOME'])
  })

  test('holds the names passed on purpose, and what the caller sets', async () => {
    const { stdout } = await run(printEnv, {
      passEnv: ['SUBPROCESS_TEST_PASSED', 'SUBPROCESS_TEST_NOT_SET'],
      env: { EXTRA: 'set here' },
    })

    const env = JSON.parse(stdout) as Record<string, string>
    expect(env).toMatchObject({ SUBPROCESS_TEST_PASSED: 'on purpose', EXTRA: 'set here' })
    expect(env).not.toHaveProperty('SUBPROCESS_TEST_NOT_SET')
    expect(env).not.toHaveProperty('GIT_DIR')
  })

  test('removes the temporary HOME afterwards, and keeps one that was given', async () => {
    const fresh = await run({ shell: 'echo cached > "$HOME/file" && echo "$HOME"' })
    const given = await run({ shell: 'echo cached > "$HOME/file" && echo "$HOME"' }, { home: folder })

    await expect(readdir(fresh.stdout.trim())).rejects.toMatchObject({ code: 'ENOENT' })
    expect(given.stdout).toBe(`${folder}\n`)
    expect(await readdir(folder)).toEqual(['file'])
  })
})

describe('output', () => {
  test('keeps head and tail beyond the limit and says how much is missing', async () => {
    const result = await run(
      node('process.stdout.write("H".repeat(5000) + "m".repeat(90000) + "T".repeat(5000))'),
      {
        outputBytesMax: 2000,
      },
    )

    expect(result.isTruncated).toBe(true)
    expect(result.stdout).toBe(`${'H'.repeat(1000)}\n… 98000 bytes left out …\n${'T'.repeat(1000)}`)
  })

  test('redacts secrets in what it returns and in the lines it passes on, however they are cut', async () => {
    const lines: string[] = []

    const result = await run(
      node(`
        process.stdout.write('token=top-sec')
        setTimeout(() => process.stdout.write('ret!\\nnext\\n'), 50)
        process.stderr.write('top-secret')
      `),
      {
        secrets: ['top-secret'],
        onLine: (line: string, stream: string) => lines.push(`${stream}: ${line}`),
      },
    )

    expect(result.stdout).toBe('token=***!\nnext\n')
    expect(result.stderr).toBe('***')
    expect(lines.sort()).toEqual(['stderr: ***', 'stdout: next', 'stdout: token=***!'])
  })
})

/** Each process under test holds a connection here; the kernel closes it when the process is gone. */
describe('the process group', () => {
  let server: Server
  let port: number
  const open = new Set<Socket>()
  let onChange: () => void = () => {}
  beforeAll(async () => {
    server = createServer((socket) => {
      open.add(socket)
      onChange()
      const gone = () => {
        open.delete(socket)
        onChange()
      }
      socket.on('error', gone).on('close', gone)
      socket.resume()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    port = address.port
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const connections = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (open.size === count) resolve()
      }
      onChange = look
      look()
    })

  const held = (extra = '') =>
    `require('node:net').connect(${port}, '127.0.0.1'); setInterval(() => {}, 1000); ${extra};`
  const ignoresTerm = `process.on('SIGTERM', () => {})`
  const withGrandchild = (grandchild: string, own: string) => `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' });
    ${own}`

  test('ends with its grandchildren when the time is up, though they refuse to', async () => {
    const running = run(node(withGrandchild(held(ignoresTerm), held(ignoresTerm))), { timeoutMs: 1500 })

    const result = await running
    await connections(0)

    expect(result).toMatchObject({ outcome: 'timed_out', exitCode: null, signal: 'SIGKILL' })
  })

  test('ends with its grandchildren when cancelled', async () => {
    const controller = new AbortController()
    const running = run(node(withGrandchild(held(), held())), { signal: controller.signal })
    await connections(2)

    controller.abort()

    expect(await running).toMatchObject({ outcome: 'cancelled', exitCode: null, signal: 'SIGTERM' })
    await connections(0)
  })

  test('leaves nothing in the background when the command itself is done', async () => {
    const grandchild = held()
    const exitsOnceItRuns = `
      require('node:net').connect(${port}, '127.0.0.1');
      setTimeout(() => { console.log('done'); process.exit(0) }, 300)`

    const result = await run(node(withGrandchild(grandchild, exitsOnceItRuns)))
    await connections(0)

    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0, stdout: 'done\n' })
  })

  test('does not wait for a process that left the group and still holds the pipes', async () => {
    const leaver = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(held())}],
        { stdio: 'inherit', detached: true });
      console.log(child.pid); process.exit(0)`

    const result = await run(node(leaver))

    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 })
    process.kill(Number(result.stdout), 'SIGKILL')
    await connections(0)
  })

  test('does not start when cancelled before', async () => {
    const result = await run({ shell: 'touch started' }, { signal: AbortSignal.abort() })

    expect(result.outcome).toBe('cancelled')
    expect(await readdir(folder)).toEqual([])
  })
})
