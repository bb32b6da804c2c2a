import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct, documentOf, smallestLanesYaml, temporaryFolder } from './conduct-process.ts'

const pnpm = process.env['npm_execpath']
const repository = join(import.meta.dirname, '..', '..')

/** What is published may not grow unnoticed: bytes of the tarball, and packages that installing it brings. */
const TARBALL_BYTES_MAX = 1_300_000
const PACKAGES = 1

describe.skipIf(pnpm === undefined)(
  'the published package (skipped: needs pnpm, as in npx -y pnpm@12 test)',
  () => {
    const folder = temporaryFolder()
    const installed = join(folder.path, 'node_modules', '@conduct', 'cli')
    const program = join(installed, 'bin', 'conduct.js')
    let tarball = ''

    beforeAll(() => {
      execFileSync(pnpm ?? '', ['--filter', '@conduct/cli', 'run', 'build'], {
        cwd: repository,
        stdio: 'pipe',
      })
      execFileSync(pnpm ?? '', ['--filter', '@conduct/cli', 'pack', '--pack-destination', folder.path], {
        cwd: repository,
        stdio: 'pipe',
      })
      tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz')) ?? ''
      folder.write('package.json', '{ "private": true }')
      execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], {
        cwd: folder.path,
        stdio: 'pipe',
      })
    })

    afterAll(() => folder[Symbol.dispose]())

    test('is one package without dependencies, of a size that is watched', () => {
      const packages = readdirSync(join(folder.path, 'node_modules'))
        .filter((name) => !name.startsWith('.'))
        .flatMap((name) =>
          name.startsWith('@') ? readdirSync(join(folder.path, 'node_modules', name)) : [name],
        )

      expect(packages).toEqual(['cli'])
      expect(packages).toHaveLength(PACKAGES)
      expect(statSync(join(folder.path, tarball)).size).toBeLessThan(TARBALL_BYTES_MAX)
    })

    test('brings its licences, its reference and the schema along, and no sources', () => {
      const licences = readFileSync(join(installed, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8')

      expect(existsSync(join(installed, 'LICENSE'))).toBe(true)
      expect(licences).toContain('simple-git 4.')
      expect(existsSync(join(installed, 'docs', 'commands.md'))).toBe(true)
      expect(existsSync(join(installed, 'dist', 'lanes.schema.json'))).toBe(true)
      expect(existsSync(join(installed, 'src'))).toBe(false)
    })

    test('shows its help and checks a lanes.yaml', async () => {
      folder.write('lanes.yaml', smallestLanesYaml.replace('STORE', join(folder.path, 'state', 'state.db')))

      const help = await conduct(['--help'], { cwd: folder.path, program })
      const check = await conduct(['check', '--json'], { cwd: folder.path, program })

      expect(help).toMatchObject({ exit: 0, stderr: '' })
      expect(help.stdout).toContain('Usage: conduct <command>')
      expect(documentOf(check)).toMatchObject({ ok: true, command: 'check' })
    })

    test('takes a lane, shows it, and runs a command under it with its own workers and supervisor', async () => {
      const at = { cwd: folder.path, program }
      const exec = await conduct(
        [
          'exec',
          'backend_migration',
          '--repo',
          'shop',
          '--',
          process.execPath,
          '-p',
          'process.env.CONDUCT_TOKEN',
        ],
        at,
      )
      const acquired = await conduct(['lane', 'acquire', 'backend_migration', '--repo', 'shop', '--json'], at)
      const shown = await conduct(['lane', 'show', 'backend_migration', '--json'], at)

      expect(exec).toMatchObject({ exit: 0, stdout: '1\n' })
      expect(documentOf(acquired)).toMatchObject({ outcome: 'granted', token: 2 })
      expect(documentOf(shown)).toMatchObject({ holders: [{ token: 2, resources: ['shop'] }] })
    })

    test('says what reads a language when its parser is not installed beside it (READER_MISSING)', async () => {
      const ended = await conduct(['batch', 'plan', '--folder', 'a=.', '--json'], {
        cwd: folder.path,
        program,
      })

      expect(documentOf(ended)).toMatchObject({ exit: 2, error: { code: 'READER_MISSING' } })
    })

    test('names both remedies when the client of a store is not installed beside it (STORE_UNSUPPORTED)', async () => {
      folder.write(
        'lanes.yaml',
        smallestLanesYaml.replace('sqlite:STORE', 'postgres://lanes@db.acme.example/conduct'),
      )

      const ended = await conduct(['lane', 'list', '--json'], { cwd: folder.path, program })

      expect(documentOf(ended)).toMatchObject({
        exit: 2,
        error: {
          code: 'STORE_UNSUPPORTED',
          hint: 'Install it beside conduct (npm install pg@8), or name another store in lanes.yaml.',
        },
      })
    })

    test('names the command that adds the rehearsal, which it does not depend on (REHEARSAL_MISSING)', async () => {
      const ended = await conduct(['rehearse', '--json'], { cwd: folder.path, program })

      expect(documentOf(ended)).toMatchObject({
        exit: 2,
        error: { code: 'REHEARSAL_MISSING', next: expect.stringContaining('npm install') as string },
      })
    })
  },
)
