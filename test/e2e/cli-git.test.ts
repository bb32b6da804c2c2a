import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { conduct, documentOf, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

/** The command line on a git repository: two people on two machines, who share nothing else. */

let folder: ReturnType<typeof temporaryFolder>
let bare: string
beforeEach(() => {
  folder = temporaryFolder()
  bare = join(folder.path, 'lanes.git')
  execFileSync('git', ['init', '-q', '--bare', bare])
})
afterEach(() => folder[Symbol.dispose]())

/** A home of its own with a lanes.yaml that names that store. */
function machine(url = `git+${pathToFileURL(bare).href}`) {
  const home = temporaryFolder()
  home.write('lanes.yaml', smallestLanesYaml.replace('store: sqlite:STORE', `store: "${url}"`))
  return {
    run: (...args: string[]) => conduct(args, { cwd: home.path }),
    [Symbol.dispose]: () => home[Symbol.dispose](),
  }
}

const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop']

describe('store: git+…', () => {
  test('gives the lane to one machine, shows it to the other, and hands it over', async () => {
    using ana = machine()
    using carl = machine()

    const granted = await ana.run('--as', 'cli:ana', ...acquire, '--json')
    const held = await carl.run('--as', 'cli:carl', ...acquire, '--json')
    const shown = await carl.run('lane', 'show', 'release_train', '--json')
    const released = await ana.run('--as', 'cli:ana', 'lane', 'release', 'release_train')
    const turn = await carl.run('--as', 'cli:carl', ...acquire)

    expect([granted.exit, held.exit, shown.exit, released.exit, turn.exit]).toEqual([0, 10, 0, 0, 0])
    expect(JSON.stringify(documentOf(held))).toContain('cli:ana')
    expect(JSON.stringify(documentOf(shown))).toContain('"token":1')
    expect(turn.stdout).toContain('token 2')
    const refs = execFileSync('git', ['-C', bare, 'for-each-ref', '--format=%(refname)'], {
      encoding: 'utf8',
    })
    expect(refs).toContain('/lane/release_train')
    expect(refs).not.toContain('refs/heads/')
  })

  test('says exit 2 with the words of a remote that rejects refs/conduct', async () => {
    writeFileSync(join(bare, 'hooks', 'pre-receive'), '#!/bin/sh\necho "branches only" >&2\nexit 1\n', {
      mode: 0o755,
    })
    using ana = machine()

    const { exit, stdout, stderr } = await ana.run(...acquire)

    expect(exit).toBe(2)
    expect(stdout + stderr).toMatch(/STORE_REFUSED[\s\S]*branches only/)
    expect(stdout + stderr).not.toMatch(/is yours|is held|is free/)
  })

  test('says exit 30, neither held nor free, where nobody answers', async () => {
    using ana = machine('git+http://127.0.0.1:1/lanes.git')

    const asked = await ana.run(...acquire)
    const shown = await ana.run('lane', 'show', 'release_train')

    expect([asked.exit, shown.exit]).toEqual([30, 30])
    const said = asked.stdout + asked.stderr + shown.stdout + shown.stderr
    expect(said).not.toMatch(/is yours|held|free/)
  })
})
