import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { conduct, documentOf, normalise, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

describe('arguments', () => {
  test('prints the commands when asked for nothing', async () => {
    using folder = temporaryFolder()

    const ended = await conduct([], { cwd: folder.path })

    expect(ended.exit).toBe(0)
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toContain('Usage: conduct <command>')
  })

  test('refuses an unknown command in text and in JSON with exit 2', async () => {
    using folder = temporaryFolder()

    const text = await conduct(['lane', 'aquire', 'x'], { cwd: folder.path })
    const json = await conduct(['lane', 'aquire', 'x', '--json'], { cwd: folder.path })

    expect(text).toMatchObject({ exit: 2, stdout: '' })
    expect(normalise(text.stderr, folder.path)).toMatchInlineSnapshot(`
      "error USAGE: conduct lane: there is no command "lane aquire"
        = Did you mean lane acquire? Help: node <conduct.js> lane --help
      "
    `)
    expect(json).toMatchObject({ exit: 2, stderr: '' })
    expect(documentOf(json)).toMatchObject({
      format: 1,
      command: 'lane',
      ok: false,
      exit: 2,
      error: { code: 'USAGE', retryable: false, irreversible_done: false, next: null },
    })
  })

  test('opens nothing and writes nothing when an argument is wrong or help is asked for', async () => {
    using folder = temporaryFolder()
    const store = join(folder.path, 'store', 'state.db')
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', store))
    const before = readdirSync(folder.path)
    const events = join(folder.path, 'events.ndjson')

    const attempts = [
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--events', events, '--help'],
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--events', events, '--wiat'],
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--events', events, 'more'],
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--wait-max', '15'],
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--task', 'a', '--task', 'b'],
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--wait', '--no-queue'],
      ['lane', 'acquire', 'release_train', '--repo', 'engine', '--wait-max', '5m'],
    ]
    const exits = []
    for (const attempt of attempts) exits.push((await conduct(attempt, { cwd: folder.path })).exit)

    expect(exits).toEqual([0, 2, 2, 2, 2, 2, 2])
    expect(existsSync(store)).toBe(false)
    expect(readdirSync(folder.path)).toEqual(before)
  })

  test('does open the store when the arguments are right (so that the test above can fail)', async () => {
    using folder = temporaryFolder()
    const store = join(folder.path, 'store', 'state.db')
    folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', store))

    const ended = await conduct(['lane', 'acquire', 'release_train', '--repo', 'engine'], {
      cwd: folder.path,
    })

    expect(ended.exit).toBe(0)
    expect(existsSync(store)).toBe(true)
  })

  test('says everything that is wrong with the values at once', async () => {
    using folder = temporaryFolder()

    const ended = await conduct(['lane', 'acquire', 'release_train', '--wait-max', '15', '--eta', 'soon'], {
      cwd: folder.path,
    })

    expect(normalise(ended.stderr, folder.path)).toMatchInlineSnapshot(`
      "error USAGE: conduct lane acquire: --eta "soon": it needs a unit: 90s, 15m, 4h; --wait-max "15": it needs a unit: 90s, 15m, 4h
        = Help: node <conduct.js> lane acquire --help
      "
    `)
  })
})
