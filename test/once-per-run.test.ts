import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { oncePerRun } from './once-per-run.ts'

describe('what is made once per run of the tests', () => {
  let runs = 0
  const outer = tmpdir()
  beforeEach(async () => {
    const scratch = join(outer, `once-${(runs += 1)}`)
    await mkdir(scratch)
    vi.stubEnv('TMPDIR', scratch)
  })
  afterEach(() => vi.unstubAllEnvs())

  const madeBy = (text: string) => async (dir: string) => {
    await mkdir(dir)
    await writeFile(join(dir, 'text'), text)
  }
  const textIn = (dir: string) => readFile(join(dir, 'text'), 'utf8')

  test('is made by one of those who want it at once, and whole before another sees it', async () => {
    const begun: number[] = []
    const dirs = await Promise.all(
      [1, 2, 3].map((who) =>
        oncePerRun('thing', async (dir) => {
          begun.push(who)
          await mkdir(dir)
          await new Promise((resolve) => setImmediate(resolve))
          await writeFile(join(dir, 'text'), 'whole')
        }),
      ),
    )

    expect(begun).toHaveLength(1)
    expect(new Set(dirs).size).toBe(1)
    expect(await textIn(dirs[0] ?? '')).toBe('whole')
  })

  test('is made by the next one where making it failed, in a folder of its own', async () => {
    const failing = oncePerRun('thing', async (dir) => {
      await madeBy('half')(dir)
      throw new Error('no room')
    })
    await expect(failing).rejects.toThrow('no room')

    expect(await textIn(await oncePerRun('thing', madeBy('second')))).toBe('second')
  })

  test('is made anew where whoever was making it was killed', async () => {
    const { pid } = spawnSync('true')
    const folder = join(tmpdir(), 'once-per-run')
    await mkdir(folder)
    await symlink(String(pid), join(folder, 'thing.maker'))

    expect(await textIn(await oncePerRun('thing', madeBy('anew')))).toBe('anew')
    expect((await readdir(folder)).filter((name) => name.endsWith('.maker'))).toEqual([])
  })

  test('is never made where it would outlive the run', async () => {
    vi.stubEnv('TMPDIR', '/var/tmp')

    await expect(oncePerRun('thing', madeBy('never'))).rejects.toThrow('would outlive the run')
  })
})
