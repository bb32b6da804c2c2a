import { execFile, execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const pnpm = process.env['npm_execpath']
const repository = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

/** What is published may not grow unnoticed: bytes of the tarball. */
const TARBALL_BYTES_MAX = 200_000

describe.skipIf(pnpm === undefined)(
  'the published engine (skipped: needs pnpm, as in npx -y pnpm@12 test)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'conduct-lanes-tarball-'))
    const installed = join(folder, 'node_modules', '@conduct', 'lanes')
    let tarball = ''

    beforeAll(() => {
      const pack = ['--filter', '@conduct/lanes', 'pack', '--pack-destination', folder]
      execFileSync(pnpm ?? '', ['--filter', '@conduct/lanes', 'run', 'build'], {
        cwd: repository,
        stdio: 'pipe',
      })
      execFileSync(pnpm ?? '', pack, { cwd: repository, stdio: 'pipe' })
      tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
      execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], {
        cwd: folder,
        stdio: 'pipe',
      })
      copyFileSync(join(repository, 'packages/lanes/examples/bot.ts'), join(folder, 'bot.ts'))
    })

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    /** Runs a program of the empty project; what it printed. */
    async function runHere(file: string, ...words: readonly string[]): Promise<string> {
      const env = { ...process.env, HOME: folder, NODE_NO_WARNINGS: '1' }
      const { stdout } = await run(process.execPath, [file, ...words], { cwd: folder, env })
      return stdout
    }

    test('is one package without dependencies, of a size that is watched, with its licences and no sources', () => {
      const scopes = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
      const packages = readdirSync(join(folder, 'node_modules', '@conduct'))
      const notices = readFileSync(join(installed, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8')

      expect([scopes, packages]).toEqual([['@conduct'], ['lanes']])
      expect(statSync(join(folder, tarball)).size).toBeLessThan(TARBALL_BYTES_MAX)
      expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
      expect(notices).toContain('simple-git 4.')
      expect(existsSync(join(installed, 'src'))).toBe(false)
    })

    test('runs the example of a bot against SQLite', async () => {
      const words = [`sqlite:${join(folder, 'lanes.db')}`, join(folder, 'target.db'), 'shop', '1.4.0', '1']

      const first = await runHere('bot.ts', ...words)
      const second = await runHere('bot.ts', ...words)

      expect(first).toContain('granted shop, token 1\n')
      expect(second).toContain('granted shop, token 2\n')
      expect(second).toContain('released shop 1.4.0\n')
    })

    test('runs the quick start of its README as it is printed there', async () => {
      const page = readFileSync(join(installed, 'README.md'), 'utf8')
      const program = /```ts\n([^]*?)```/.exec(page)?.[1] ?? ''
      writeFileSync(join(folder, 'quick-start.ts'), program.replace('/tmp/conduct-quick-start', folder))

      expect(await runHere('quick-start.ts')).toBe('deploying with token 1 false\n')
    })

    test('has types that a strict program compiles against, and that refuse a wrong one', async () => {
      const types = createRequire(join(repository, 'package.json')).resolve('@types/node/package.json')
      const compilerOptions = {
        target: 'es2024',
        lib: ['es2024', 'esnext.disposable'],
        module: 'nodenext',
        types: ['node'],
        typeRoots: [join(types, '..', '..')],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
        preserveSymlinks: false,
      }
      const wrong = "import { defineLane } from '@conduct/lanes'\ndefineLane({ ttl: 1 })\n"
      writeFileSync(join(folder, 'wrong.ts'), wrong)
      const compile = (file: string) => {
        const project = join(folder, `tsconfig.${file}.json`)
        writeFileSync(project, JSON.stringify({ compilerOptions, files: [file] }))
        return run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', project])
      }

      expect(await compile('bot.ts')).toMatchObject({ stdout: '' })
      expect(await compile('quick-start.ts')).toMatchObject({ stdout: '' })
      await expect(compile('wrong.ts')).rejects.toMatchObject({
        stdout: expect.stringMatching(/wrong\.ts\(2,14\): error TS2353/) as string,
      })
    })

    test('renews a lease in its own worker thread, and on the main loop where the thread was left out', async () => {
      writeFileSync(
        join(folder, 'hold.js'),
        `import { rmSync } from 'node:fs'
import { openLanes, openStore } from '@conduct/lanes'
import { setTimeout as sleep } from 'node:timers/promises'
await using store = await openStore(process.argv[2])
const quick = { ttlMs: 3000, renewMs: 300, marginMs: 500 }
let renewed = 0
const onEvent = (event) => (renewed += event.change === 'renewed' ? 1 : 0)
const answer = await openLanes({ store, lanes: { deploy: quick }, onEvent }).lane('deploy').acquire()
await using lease = answer.lease
while (renewed < 10 && lease.isHeld()) await sleep(50)
console.log(JSON.stringify({ renewed, held: lease.isHeld(), threads: process.report.getReport().workers.length }))
`,
      )
      const store = `sqlite:${join(folder, 'held.db')}`

      const withThread = JSON.parse(await runHere('hold.js', store)) as object
      rmSync(join(installed, 'dist', 'renewal-worker.js'))
      const without = JSON.parse(await runHere('hold.js', store)) as object

      expect(withThread).toEqual({ renewed: 10, held: true, threads: 1 })
      expect(without).toEqual({ renewed: 10, held: true, threads: 0 })
    })

    test('names the client to add for a store that needs one (STORE_UNSUPPORTED)', async () => {
      writeFileSync(
        join(folder, 'open.js'),
        `import { openStore } from '@conduct/lanes'
await openStore(process.argv[2]).catch(({ code, hint }) => console.log(code, hint))
`,
      )

      const s3 = await runHere('open.js', 's3://bucket/lanes?region=auto&endpoint=http://127.0.0.1:9')

      const postgres = await runHere('open.js', 'postgres://127.0.0.1:9/lanes')

      expect(s3).toMatch(/^STORE_UNSUPPORTED .*npm install @aws-sdk\/client-s3@3/)
      expect(postgres).toMatch(/^STORE_UNSUPPORTED .*npm install pg@8/)
    })
  },
)
