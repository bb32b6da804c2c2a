import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startPostgres } from './postgres.ts'

test('a Postgres of the tests keeps what was committed through a crash, one database per caller', async () => {
  await using server = await startPostgres()
  const [mine, other] = [await server.createDatabase(), await server.createDatabase()]
  await query(mine, 'create table kept as select 1 as one')

  await server.stop('immediate')
  await server.start()

  expect(await query(mine, 'select one from kept')).toEqual([{ one: 1 }])
  await expect(query(other, 'select one from kept')).rejects.toMatchObject({ code: '42P01' })
})

test('a Postgres of the tests ends with the process that started it, however that one ends', async () => {
  const program = `
    const { startPostgres } = await import('${import.meta.resolve('./postgres.ts')}')
    const server = await startPostgres()
    process.stdout.write(String(server.pid) + ' ' + server.socketFolder, () => process.kill(process.pid, 'SIGKILL'))
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]).catch(
    (error: { readonly stdout: string }) => error,
  )
  const [pid = '', sockets = ''] = stdout.split(' ')

  await expect.poll(() => isRunning(Number(pid)), { timeout: 20_000 }).toBe(false)
  await rm(path.dirname(sockets), { recursive: true, force: true })
})

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as unknown[]
  } finally {
    await client.end()
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
