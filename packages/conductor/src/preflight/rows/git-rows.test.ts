import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommitId } from '@conduct/core'
import { type Mirror, openMirror } from '@conduct/git'
import { type ScratchEstate, scratchEstate } from '../../scratch-estate.ts'
import { anArtifact, aRepo } from '../../survey-fixture.ts'
import { judge } from '../judge-fixture.ts'
import type { Row } from '../row.ts'
import { row as checkout } from './checkout.ts'
import { row as main } from './main.ts'
import { row as remote } from './remote.ts'
import { row as tagFree } from './tag-free.ts'

let estate: ScratchEstate
let head: CommitId
let mirror: Mirror
beforeEach(async () => {
  estate = await scratchEstate()
  head = await estate.addRepo('engine', { 'a.txt': 'a' })
  mirror = await openMirror({ cacheDir: estate.folder, remote: estate.remote('engine'), timeoutMs: 60_000 })
  await mirror.fetch()
})
afterEach(() => estate[Symbol.asyncDispose]())

const judgeEngine = (row: Row, path: string | null = null) =>
  judge(row, {
    producer: { mirror, commit: head, repo: aRepo({ path }) },
    evidence: { remoteHead: (frozen) => frozen.mirror.remoteHead(frozen.main) },
  })

test('remote is green when it answers, and fails by code when it does not', async () => {
  expect((await judgeEngine(remote)).verdict).toBe('green')

  const nowhere = `file://${estate.folder}/gone`
  mirror = await openMirror({ cacheDir: estate.folder, remote: nowhere, timeoutMs: 60_000 })
  await expect(judgeEngine(remote)).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' })
})

describe('main', () => {
  test('is green at the frozen commit', async () => {
    expect((await judgeEngine(main)).verdict).toBe('green')
  })

  test('is red once it has moved, naming both commits', async () => {
    const moved = await estate.push('engine', { 'a.txt': 'b' })

    const judged = await judgeEngine(main)

    expect(judged.verdict).toBe('red')
    expect(judged.detail).toContain(moved.slice(0, 7))
    expect(judged.detail).toContain(head.slice(0, 7))
  })

  test('is red once it is gone', async () => {
    await estate.git(estate.bare('engine'), 'branch', '-m', 'main', 'trunk')

    expect((await judgeEngine(main)).verdict).toBe('red')
  })
})

describe('tag_free', () => {
  test('is green for a free tag and for one that stands at the frozen commit', async () => {
    expect((await judgeEngine(tagFree)).verdict).toBe('green')
    await estate.git(estate.bare('engine'), 'tag', 'v4.3.0', head)
    expect((await judgeEngine(tagFree)).verdict).toBe('green')
  })

  test('is red for one that stands elsewhere, annotated too', async () => {
    await estate.push('engine', { 'a.txt': 'b' })
    await estate.git(estate.bare('engine'), 'tag', '--annotate', '--message', 'old', 'v4.3.0', 'main')

    expect(await judgeEngine(tagFree)).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('tags never move') as string,
    })
  })

  test('is red when two packages share one', async () => {
    const artifacts = [anArtifact(), anArtifact({ name: '@acme/parts' })]

    expect((await judge(tagFree, { producer: { mirror }, survey: { artifacts } })).verdict).toBe('red')
  })

  test('is red for a tag that no remote takes, instead of failing after the proof', async () => {
    for (const tag of ['v4.3.0..', '-v4.3.0', 'v 4.3.0', '@', `v${'4'.repeat(250)}`]) {
      const survey = { artifacts: [anArtifact({ tag })] }

      expect(await judge(tagFree, { producer: { mirror }, survey })).toMatchObject({
        verdict: 'red',
        detail: expect.stringContaining('give it another name') as string,
      })
    }
  })

  test('does not apply where nothing is tagged', async () => {
    expect((await judge(tagFree, { survey: { artifacts: [] } })).verdict).toBe('not_applicable')
  })
})

describe('checkout', () => {
  const clone = () => estate.clone('engine')
  const problemsOf = async () => {
    const judged = await judgeEngine(checkout, clone())
    return judged.verdict === 'red' ? judged.detail : judged.verdict
  }

  test('does not apply where none is declared', async () => {
    expect((await judgeEngine(checkout)).verdict).toBe('not_applicable')
  })

  test('is green on main, clean and fully pushed', async () => {
    expect(await problemsOf()).toBe('green')
  })

  test('is found beside lanes.yaml when its path is relative', async () => {
    const judged = await judge(checkout, {
      producer: { mirror, commit: head, repo: aRepo({ path: './clones/engine' }) },
      context: { configPath: join(estate.folder, 'lanes.yaml') },
      evidence: { remoteHead: async () => head },
    })

    expect(judged.verdict).toBe('green')
  })

  test('is red with a change', async () => {
    await writeFile(join(clone(), 'a.txt'), 'mine')
    expect(await problemsOf()).toContain('1 changed or untracked (a.txt)')
  })

  test('is red with an untracked file', async () => {
    await writeFile(join(clone(), 'new.txt'), 'mine')
    expect(await problemsOf()).toContain('1 changed or untracked (new.txt)')
  })

  test('is red with an unpushed commit', async () => {
    await estate.git(clone(), 'commit', '--quiet', '--allow-empty', '--message', 'mine')
    expect(await problemsOf()).toContain('1 unpushed on main')
  })

  test('is red on another branch', async () => {
    await estate.git(clone(), 'checkout', '--quiet', '-b', 'mine')
    expect(await problemsOf()).toContain('on mine, not on main')
  })

  test('is red with something stashed on main', async () => {
    await writeFile(join(clone(), 'a.txt'), 'mine')
    await estate.git(clone(), 'stash')
    expect(await problemsOf()).toContain('1 stashed on main')
  })

  test('is red in the middle of a merge', async () => {
    await estate.git(clone(), 'checkout', '--quiet', '-b', 'mine')
    await estate.git(clone(), 'commit', '--quiet', '--allow-empty', '--message', 'mine')
    await estate.git(clone(), 'checkout', '--quiet', 'main')
    await estate.git(clone(), 'merge', '--no-commit', '--no-ff', 'mine')
    expect(await problemsOf()).toContain('in the middle of a merge')
  })

  test('fails by code where there is no checkout', async () => {
    await expect(judgeEngine(checkout, join(estate.folder, 'nowhere'))).rejects.toMatchObject({
      code: 'CHECKOUT_UNREADABLE',
    })
  })

  test('does not change what it looks at', async () => {
    await writeFile(join(clone(), 'a.txt'), 'mine')
    const before = await estate.git(clone(), 'rev-parse', 'HEAD', 'origin/main')

    await judgeEngine(checkout, clone())

    expect(await estate.git(clone(), 'rev-parse', 'HEAD', 'origin/main')).toBe(before)
    expect(await estate.git(clone(), 'status', '--porcelain')).toBe(' M a.txt')
  })
})
