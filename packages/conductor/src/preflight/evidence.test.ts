import { expect, test } from 'vitest'
import type { Mirror } from '@conduct/git'
import type { TrainContext } from '../context.ts'
import { aClock, aFrozenConsumer, aSurvey, anArtifact, commitOf } from '../survey-fixture.ts'
import { type AskedTool, gatherEvidence } from './evidence.ts'

const context = { clock: aClock(), signal: new AbortController().signal } as TrainContext

test('asks a registry once, however many rows want to know', async () => {
  let asked = 0
  const observe = async () => {
    asked += 1
    return { state: 'absent', latest: null, versions: [] } as const
  }
  const artifact = anArtifact({
    publisher: { observe } as unknown as ReturnType<typeof anArtifact>['publisher'],
  })
  await using evidence = gatherEvidence(context, aSurvey())

  await Promise.all([evidence.observed(artifact), evidence.observed(artifact)])
  await evidence.observed(artifact)

  expect(asked).toBe(1)
})

test('asks a tool once per machine, and each repo that may decide which one answers', async () => {
  const asked: string[] = []
  const tool = (name: string): AskedTool => ({
    name,
    version: async (_context, worktree) => {
      asked.push(`${name} ${worktree}`)
      return '11.0.0'
    },
  })
  const consumer = (name: string, manifest: object) =>
    aFrozenConsumer({
      name,
      tree: { readFile: async () => JSON.stringify(manifest), listFiles: async () => [] },
      mirror: {
        worktree: async () => ({ path: name, [Symbol.asyncDispose]: async () => undefined }),
      } as unknown as Mirror,
    })
  await using evidence = gatherEvidence(context, aSurvey())

  await evidence.toolVersion(consumer('shop', {}), tool('npm'))
  await evidence.toolVersion(consumer('admin', {}), tool('npm'))
  await evidence.toolVersion(consumer('portal', { packageManager: 'npm@10.0.0' }), tool('npm'))
  await evidence.toolVersion(consumer('shop', {}), tool('yarn'))
  await evidence.toolVersion(consumer('admin', {}), tool('yarn'))

  expect(asked).toEqual(['npm shop', 'npm portal', 'yarn shop', 'yarn admin'])
})

test('removes every worktree it made, also after a row that failed', async () => {
  const removed: string[] = []
  const mirror = {
    worktree: async () => ({
      path: 'somewhere',
      [Symbol.asyncDispose]: async () => {
        removed.push('somewhere')
      },
    }),
  } as unknown as Mirror
  const failing = { worktree: () => Promise.reject(new Error('disk full')) } as unknown as Mirror

  {
    await using evidence = gatherEvidence(context, aSurvey())
    await evidence.worktree(aFrozenConsumer({ mirror }))
    const failed = evidence.worktree(aFrozenConsumer({ mirror: failing, commit: commitOf('d') }))
    await expect(failed).rejects.toThrow('disk full')
  }

  expect(removed).toEqual(['somewhere'])
})
