import { type ChildProcess, spawn } from 'node:child_process'
import { type Server, type Socket, createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** Each process under test holds a connection here; the kernel closes it when the process is gone. */
let server: Server
let port: number
const open = new Set<Socket>()
let onChange: () => void = () => {}
beforeEach(async () => {
  server = createServer((socket) => {
    open.add(socket)
    onChange()
    const gone = (): void => {
      open.delete(socket)
      onChange()
    }
    socket.on('error', gone).on('close', gone).resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  port = address.port
})
afterEach(() => {
  for (const socket of open) socket.destroy()
  return new Promise((resolve) => server.close(resolve))
})
const connections = (count: number): Promise<void> =>
  new Promise((resolve) => {
    onChange = () => {
      if (open.size === count) resolve()
    }
    onChange()
  })

/** A process that runs commands and is told nothing more: it can only be killed. */
function runner(commands: readonly string[]): ChildProcess {
  const script = `
    import { runCommand } from ${JSON.stringify(new URL('./command.ts', import.meta.url).href)}
    for (const command of ${JSON.stringify(commands)}) {
      void runCommand({ argv: [process.execPath, '-e', command] }, { cwd: '/', timeoutMs: 60_000 })
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
}
const held = (extra = ''): string =>
  `require('node:net').connect(${port}, '127.0.0.1'); setInterval(() => {}, 1000); ${extra}`

test('commands and their children end when the process that runs them is killed with -9', async () => {
  const withChild = `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(held())}], { stdio: 'inherit' });
    ${held("process.on('SIGTERM', () => {})")}`
  const child = runner([held(), withChild])
  await connections(3)

  child.kill('SIGKILL')

  await connections(0)
  expect(open.size).toBe(0)
})

test('a process whose commands are done ends by itself, and kills nothing', async () => {
  const child = runner(['process.exit(0)'])

  const code = await new Promise((resolve) => child.once('exit', resolve))

  expect(code).toBe(0)
})
