import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openObjectReader } from './object-reader.ts'
import { type Scratch, scratchRepository } from './scratch-repository.ts'

let scratch: Scratch
beforeEach(async () => {
  scratch = await scratchRepository()
})
afterEach(() => scratch[Symbol.asyncDispose]())

const open = (options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}) =>
  openObjectReader({ repository: scratch.bare, timeoutMs: 30_000, ...options })

/** The processes of git that were started in a folder. */
async function processesIn(folder: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const at = await readlink(`/proc/${pid}/cwd`).catch(() => null)
    if (line.includes('cat-file') && at === folder) found.push(Number(pid))
  }
  return found
}

describe('a reader of objects', () => {
  test('answers many questions in their order, through one process', async () => {
    const big = 'x'.repeat(300_000)
    const files = { 'a.txt': 'one', 'big.txt': big, 'empty.txt': '', 'folder/b c.txt': 'zwei\näöü\n' }
    const commit = await scratch.commit(files)
    const reader = open()
    const asked = [
      ...Object.keys(files).map((path) => `${commit}:${path}`),
      `${commit}:missing`,
      `${commit}:folder`,
      'refs/heads/main',
      'refs/heads/none',
      'a name with spaces',
      `${commit}:a\nb`,
    ]

    const answers = await Promise.all(asked.map((name) => reader.read(name)))

    expect(answers.slice(0, 4).map((object) => object?.content.toString('utf8'))).toEqual(
      Object.values(files),
    )
    expect(answers.slice(4).map((object) => object?.type ?? null)).toEqual([
      null,
      'tree',
      'commit',
      null,
      null,
      null,
    ])
    expect(answers[6]?.id).toBe(commit)
    expect(await processesIn(scratch.bare)).toHaveLength(1)
  })

  test('sees what came after it was started', async () => {
    await scratch.commit({ 'a.txt': 'one' })
    const reader = open()
    expect((await reader.read('refs/heads/main:a.txt'))?.content.toString('utf8')).toBe('one')

    await scratch.commit({ 'a.txt': 'two' })
    await scratch.git(scratch.bare, 'gc', '--quiet')

    expect((await reader.read('refs/heads/main:a.txt'))?.content.toString('utf8')).toBe('two')
  })

  test('starts another process after the one it had was killed', async () => {
    const commit = await scratch.commit({ 'a.txt': 'one' })
    const reader = open()
    expect((await reader.read(commit))?.id).toBe(commit)
    const [pid = 0] = await processesIn(scratch.bare)

    process.kill(pid, 'SIGKILL')
    // Whoever asks before we have heard of it is told that it ended.
    const answer = () =>
      reader.read(commit).then(
        (object) => object?.id,
        (error: unknown) => String(error),
      )

    await expect.poll(answer).toBe(commit)
    expect(await processesIn(scratch.bare)).not.toContain(pid)
  })

  test('that is stopped answers nothing: GIT_FAILED within its limit, and the next one answers', async () => {
    const commit = await scratch.commit({ 'a.txt': 'one' })
    const reader = open({ timeoutMs: 500 })
    await reader.read(commit)
    const [pid = 0] = await processesIn(scratch.bare)
    process.kill(pid, 'SIGSTOP')

    const unanswered = await Promise.allSettled([reader.read(commit), reader.read('refs/heads/main')])

    expect(unanswered).toMatchObject([
      { status: 'rejected', reason: { code: 'GIT_FAILED' } },
      { status: 'rejected', reason: { code: 'GIT_FAILED' } },
    ])
    process.kill(pid, 'SIGCONT')
  })

  test('fails with the reason of its cancelling', async () => {
    const commit = await scratch.commit({ 'a.txt': 'one' })
    const cancelled = new AbortController()
    const reader = open({ signal: cancelled.signal })
    await reader.read(commit)
    const [pid = 0] = await processesIn(scratch.bare)
    process.kill(pid, 'SIGSTOP')
    const waiting = reader.read(commit)

    cancelled.abort(new Error('stopped by hand'))
    process.kill(pid, 'SIGCONT')

    await expect(waiting).rejects.toThrow('stopped by hand')
    await expect(reader.read(commit)).rejects.toThrow('stopped by hand')
  })

  test('says what git said when there is no repository', async () => {
    const reader = openObjectReader({ repository: scratch.folder, timeoutMs: 30_000 })

    await expect(reader.read('HEAD')).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('not a git repository') as string,
    })
  })

  test('keeps nobody alive, and ends with its process', async () => {
    const commit = await scratch.commit({ 'a.txt': 'one' })
    const script = `
      import { openObjectReader } from ${JSON.stringify(join(import.meta.dirname, 'object-reader.ts'))}
      const reader = openObjectReader({ repository: ${JSON.stringify(scratch.bare)}, timeoutMs: 30000 })
      const { type } = await reader.read('${commit}')
      const waitsFor = process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap')
      process.stdout.write(JSON.stringify({ type, waitsFor }))`

    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])

    expect(JSON.parse(stdout)).toEqual({ type: 'commit', waitsFor: [] })
    await expect.poll(() => processesIn(scratch.bare)).toEqual([])
  })
})
