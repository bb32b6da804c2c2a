import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { launcherWords } from './launcher.ts'

let top: string
let program: string

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'conduct launcher-')))
  program = executable(join(top, 'packages', 'cli', 'bin', 'conduct.js'))
})

afterEach(() => {
  rmSync(top, { recursive: true, force: true })
})

function executable(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  chmodSync(path, 0o755)
  return path
}

test('repeats npx and its major version where npx brought pnpm, from any folder', () => {
  executable(join(top, 'node_modules', '.bin', 'conduct'))

  const words = launcherWords({
    env: {
      npm_config_user_agent: 'pnpm/12.21.0 npm/? node/? linux x64',
      npm_execpath: '/home/ana/.npm/_npx/9c70/node_modules/pnpm/pnpm',
    },
    program,
    execPath: process.execPath,
  })

  expect(words).toBe(`npx -y pnpm@12 -C '${top}' conduct`)
})

test('says pnpm where pnpm itself was typed', () => {
  executable(join(top, 'node_modules', '.bin', 'conduct'))

  const words = launcherWords({
    env: { npm_config_user_agent: 'pnpm/12.21.0 npm/?', npm_execpath: '/usr/local/bin/pnpm' },
    program,
    execPath: process.execPath,
  })

  expect(words).toBe(`pnpm -C '${top}' conduct`)
})

test('says conduct where a new shell would find this very program', () => {
  mkdirSync(join(top, 'bin'))
  symlinkSync(program, join(top, 'bin', 'conduct'))

  expect(launcherWords({ env: { PATH: join(top, 'bin') }, program, execPath: process.execPath })).toBe(
    'conduct',
  )
})

test('else names node and the program by absolute paths', () => {
  const env = { PATH: join(top, 'node_modules', '.bin') }

  expect(launcherWords({ env, program, execPath: '/opt/node24/bin/node' })).toBe(
    `/opt/node24/bin/node '${program}'`,
  )
})
