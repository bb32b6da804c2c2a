import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConductError } from '@conduct/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findConfig } from './find-config.ts'
import { forgetGitSettings } from './git-config.ts'

let top: string

beforeEach(() => {
  // Not in the usual temporary folder: a lanes.yaml that somebody left there would be found from below.
  top = realpathSync(mkdtempSync('/var/tmp/conduct-config-'))
})

afterEach(() => {
  rmSync(top, { recursive: true, force: true })
})

function codeOf(act: () => unknown): string | null {
  try {
    act()
  } catch (error) {
    return isConductError(error) ? error.code : String(error)
  }
  return null
}

test('walks up to the nearest folder with a lanes.yaml', () => {
  mkdirSync(join(top, 'a', 'b'), { recursive: true })
  writeFileSync(join(top, 'a', 'lanes.yml'), '')
  writeFileSync(join(top, 'lanes.yaml'), '')

  expect(findConfig({ cwd: join(top, 'a', 'b') })).toEqual({
    kind: 'file',
    path: join(top, 'a', 'lanes.yml'),
    foundBy: 'folder',
  })
})

test('refuses two candidates side by side instead of choosing (CONFIG_AMBIGUOUS)', () => {
  writeFileSync(join(top, 'lanes.yml'), '')
  writeFileSync(join(top, 'lanes.yaml'), '')

  expect(codeOf(() => findConfig({ cwd: top }))).toBe('CONFIG_AMBIGUOUS')
})

test('takes -c before anything that lies nearer, and says when it names nothing (CONFIG_NOT_FOUND)', () => {
  writeFileSync(join(top, 'lanes.yaml'), '')
  writeFileSync(join(top, 'other.yaml'), '')

  expect(findConfig({ flag: 'other.yaml', cwd: top })).toMatchObject({
    path: join(top, 'other.yaml'),
    foundBy: 'flag',
  })
  expect(codeOf(() => findConfig({ flag: 'nothing.yaml', cwd: top }))).toBe('CONFIG_NOT_FOUND')
})

test('falls back to git config conduct.config of the repository one stands in', () => {
  execFileSync('git', ['init', '-q', join(top, 'repo')])
  mkdirSync(join(top, 'rules'))
  writeFileSync(join(top, 'rules', 'lanes.yaml'), '')
  mkdirSync(join(top, 'repo', 'deep'))
  const cwd = join(top, 'repo', 'deep')

  expect(codeOf(() => findConfig({ cwd }))).toBe('CONFIG_NOT_FOUND')

  execFileSync('git', ['-C', cwd, 'config', 'conduct.config', '../rules/lanes.yaml'])
  forgetGitSettings()
  expect(findConfig({ cwd })).toMatchObject({ path: join(top, 'rules', 'lanes.yaml'), foundBy: 'git_config' })

  execFileSync('git', ['-C', cwd, 'config', 'conduct.config', 'git+file:///srv/rules.git#main'])
  forgetGitSettings()
  expect(findConfig({ cwd })).toMatchObject({ kind: 'git', remote: 'file:///srv/rules.git', ref: 'main' })
})
