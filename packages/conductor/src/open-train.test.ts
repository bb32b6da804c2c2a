import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTrain } from './open-train.ts'
import { lanesYaml, type ScratchEstate, scratchEstate } from './scratch-estate.ts'

let estate: ScratchEstate
let yaml: string
beforeEach(async () => {
  estate = await scratchEstate()
  await estate.addRepo('engine', { 'package.json': '{}' })
  await estate.addRepo('rules', {})
  yaml = lanesYaml(estate, { repos: { engine: '' }, train: 'producer: { repo: engine }, consumers: []' })
})
afterEach(() => estate[Symbol.asyncDispose]())

test('an unknown train is refused with the nearest name', async () => {
  const conductor = await estate.conductor(yaml)

  await expect(openTrain(conductor, 'engin')).rejects.toMatchObject({
    code: 'TRAIN_UNKNOWN',
    exit: 4,
    hint: 'Did you mean "engine"? Declared trains: engine',
  })
})

describe('the governing lanes.yaml', () => {
  const open = async (text: string) =>
    openTrain(await estate.conductor(text, join(estate.clone('rules'), 'lanes.yaml')), 'engine')

  test('outside any repository is used as it stands', async () => {
    const context = await openTrain(await estate.conductor(yaml), 'engine')

    expect(context.configCommit).toBeNull()
    expect(context.configHash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('in a repository without a remote is used as it stands', async () => {
    await estate.git(estate.clone('rules'), 'remote', 'remove', 'origin')

    expect((await open(yaml)).configCommit).toBeNull()
  })

  test('is the one on the remote main, and its commit is recorded', async () => {
    const commit = await estate.push('rules', { 'lanes.yaml': yaml })

    expect((await open(yaml)).configCommit).toBe(commit)
  })

  test('is refused where the working copy differs', async () => {
    await estate.push('rules', { 'lanes.yaml': yaml })

    await expect(open(`${yaml}# my own\n`)).rejects.toMatchObject({ code: 'CONFIG_NOT_MAIN', exit: 3 })
  })

  test('is refused where main does not hold it yet', async () => {
    await expect(open(yaml)).rejects.toMatchObject({
      code: 'CONFIG_NOT_MAIN',
      message: expect.stringContaining('holds no lanes.yaml') as string,
    })
  })

  test('is refused from a branch that nobody merged', async () => {
    await estate.push('rules', { 'lanes.yaml': yaml })
    await estate.push('rules', { 'lanes.yaml': `${yaml}# branch\n` }, { branch: 'mine' })
    await estate.git(estate.clone('rules'), 'fetch', '--quiet')
    await estate.git(estate.clone('rules'), 'checkout', '--quiet', 'mine')

    await expect(open(`${yaml}# branch\n`)).rejects.toMatchObject({ code: 'CONFIG_NOT_MAIN' })
  })

  test('cannot be told when its remote is silent', async () => {
    const clone = estate.clone('rules')
    await writeFile(join(clone, 'lanes.yaml'), yaml)
    await estate.git(clone, 'remote', 'set-url', 'origin', `file://${estate.folder}/nowhere.git`)

    await expect(open(yaml)).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE', exit: 30 })
  })
})

test('a repo that has a forge is never taken for one without, where nobody can ask', async () => {
  const declared = lanesYaml(estate, {
    repos: { engine: '', rules: 'forge: github' },
    train: 'producer: { repo: engine }, consumers: []',
  })
  const context = await openTrain(await estate.conductor(declared), 'engine')

  expect(await context.forge('engine')).toBeNull()
  await expect(context.forge('rules')).rejects.toMatchObject({ code: 'FORGE_CREDENTIALS' })
})
