import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conduct, documentOf, program, smallestLanesYaml, start, temporaryFolder } from './conduct-process.ts'

let folder: ReturnType<typeof temporaryFolder>

beforeAll(() => {
  folder = temporaryFolder()
  folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'store', 'state.db')))
})
afterAll(() => folder[Symbol.dispose]())

test('shows each change of a lane until it is asked to end, and keeps nobody waiting', async () => {
  const watching = start(['lane', 'watch', 'release_train', '--every', '1s'], { cwd: folder.path })
  await expect.poll(watching.output, { timeout: 20_000 }).toContain('release_train: free')

  await conduct(['--as', 'cli:ana', 'lane', 'acquire', 'release_train', '--repo', 'shop'], {
    cwd: folder.path,
  })
  await expect.poll(watching.output, { timeout: 20_000 }).toContain('cli:ana@')
  watching.kill('SIGINT')

  const { exit, stdout, stderr } = await watching.ended
  expect(exit).toBe(0)
  expect(stderr).toBe('')
  expect(stdout.match(/release_train: /g)).toHaveLength(2)
})

test('with --json it answers once, when its time is over', async () => {
  const ended = await conduct(['lane', 'watch', '--json', '--for', '1s'], { cwd: folder.path })

  expect(ended.exit).toBe(0)
  expect(documentOf(ended)).toMatchObject({ command: 'lane watch', ok: true, lanes: expect.any(Array) })
})

test('a lane that is not declared is refused before anything is drawn', async () => {
  const ended = await conduct(['lane', 'watch', 'relase_train'], { cwd: folder.path })

  expect(ended.exit).toBe(4)
  expect(ended.stdout).toBe('')
})

// `script` of util-linux gives a program a terminal.
test.runIf(process.platform === 'linux')(
  'takes the whole screen of a terminal and gives it back',
  async () => {
    const words = [process.execPath, program, 'lane', 'watch', '--for', '1s']
      .map((word) => `'${word}'`)
      .join(' ')
    const { CI: _ci, ...env } = process.env

    const { stdout } = await promisify(execFile)('script', ['-qec', words, '/dev/null'], {
      cwd: folder.path,
      env: { ...env, HOME: folder.path, TERM: 'xterm-256color' },
    })

    const [taken, given] = [stdout.indexOf('\u001B[?1049h'), stdout.lastIndexOf('\u001B[?1049l')]
    expect(taken).toBeGreaterThanOrEqual(0)
    expect(given).toBeGreaterThan(stdout.indexOf('release_train', taken))
  },
)
