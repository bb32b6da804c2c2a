/**
 * Cold start of `conduct lane show` (the bundle, compile cache warm) against an empty Node process and against
 * `changeset status`, the nearest question of a peer ("what would be released?").
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { bundledCli } from './bundled-cli.ts'
import { compare, printComparison } from './samples.ts'

const run = promisify(execFile)
const repositoryRoot = path.resolve(import.meta.dirname, '../..')
const rounds = 20
const warmups = 3

export async function measure(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  try {
    const conduct = await bundledCli(dir)
    const lanesYaml = await sampleEstate(dir)
    const changeset = await sampleChangesets(dir)
    const lane = async () => {
      await run(process.execPath, [conduct, '-c', lanesYaml, 'lane', 'show', 'release_train', '--json'])
    }

    printComparison(
      await compare({
        name: 'conduct lane show against an empty Node',
        subject: { label: 'conduct lane show (bundle)', run: lane },
        peer: { label: 'node -e 0', run: async () => void (await run(process.execPath, ['-e', '0'])) },
        rounds,
        warmups,
      }),
    )
    printComparison(
      await compare({
        name: 'conduct lane show against changeset status',
        subject: { label: 'conduct lane show (bundle)', run: lane },
        peer: { label: 'changeset status', run: changeset },
        rounds,
        warmups,
      }),
    )
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function sampleEstate(dir: string): Promise<string> {
  const file = path.join(dir, 'lanes.yaml')
  const text = await readFile(path.join(repositoryRoot, 'lanes.yaml'), 'utf8')
  await writeFile(file, `${text.replace(/^store:.*$/m, '')}\nstore: sqlite:${path.join(dir, 'state.db')}\n`)
  return file
}

async function sampleChangesets(dir: string): Promise<() => Promise<void>> {
  const cwd = path.join(dir, 'changesets')
  await mkdir(path.join(cwd, '.changeset'), { recursive: true })
  await writeFile(path.join(cwd, 'package.json'), JSON.stringify({ name: 'sample', version: '1.0.0' }))
  await writeFile(
    path.join(cwd, 'package-lock.json'),
    JSON.stringify({ name: 'sample', lockfileVersion: 3, packages: {} }),
  )
  await writeFile(path.join(cwd, '.changeset/config.json'), JSON.stringify({ baseBranch: 'main' }))
  await writeFile(path.join(cwd, '.changeset/one.md'), '---\nsample: minor\n---\n\nA feature.\n')
  const git = (...argv: string[]) =>
    run('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...argv], { cwd })
  await git('init', '-q', '-b', 'main')
  await git('add', '-A')
  await git('commit', '-qm', 'start')
  const bin = path.join(repositoryRoot, 'test/node_modules/.bin/changeset')
  return async () => void (await run(bin, ['status'], { cwd }))
}
