import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FileTree } from '../ports.ts'
import { settingsThatAddress } from './client-room.ts'
import { readLeftOutSettings } from './left-out-settings.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'left-out-'))
})
afterEach(() => rm(home, { recursive: true }))

const npmrc =
  'registry=https://r.test/\nhttps-proxy=http://proxy.acme.test:3128\n; proxy=no\nnoproxy=a.test\n'
const treeOf = (files: Readonly<Record<string, string>>): FileTree => ({
  readFile: async (file) => files[file] ?? null,
  listFiles: async () => Object.keys(files),
})

test('a proxy of the repository is named with its place, and is what a client with credentials does not get', async () => {
  const tree = treeOf({ '.npmrc': npmrc, 'pnpm-workspace.yaml': 'packages: []\nhttpsProxy: http://p.test\n' })

  expect(await readLeftOutSettings(tree, { HOME: home })).toEqual([
    { file: '.npmrc', line: 2, setting: 'https-proxy' },
    { file: '.npmrc', line: 4, setting: 'noproxy' },
    { file: 'pnpm-workspace.yaml', line: 2, setting: 'httpsProxy' },
  ])
  expect(settingsThatAddress(npmrc, home)).toBe('registry=https://r.test/')
})

test('nothing is missing where the user says how the registry is reached, in a file or in the environment', async () => {
  const tree = treeOf({ '.npmrc': npmrc })

  expect(await readLeftOutSettings(tree, { HOME: home, HTTPS_PROXY: 'http://p.test' })).toEqual([])
  await writeFile(path.join(home, '.npmrc'), 'proxy=http://p.test\n')
  expect(await readLeftOutSettings(tree, { HOME: home })).toEqual([])
})
