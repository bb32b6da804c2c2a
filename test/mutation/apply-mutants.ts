import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { Mutant } from './mutants.ts'

export interface Verdict {
  readonly mutant: string
  readonly killedBy: string
  /** Null: the named test failed with the mutant and passes without it. */
  readonly problem: string | null
}

const repositoryRoot = path.resolve(import.meta.dirname, '../..')
const vitest = path.join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
const runMsMax = 120_000
const outputBytesMax = 64 * 1024 * 1024

/**
 * Tries every mutant on its own copy of the packages that mutants are of, and of the tests, `parallel` at a time.
 *
 * A mutant counts as killed only if its named test ran and failed; a copy that does not load, a test that does not
 * exist and a test that fails without the mutant are problems.
 */
export async function applyMutants(
  mutants: readonly Mutant[],
  options: { readonly parallel: number },
): Promise<readonly Verdict[]> {
  const verdicts = new Map<Mutant, Verdict>()
  const healthy = await withCopy((folder) =>
    runTests(
      folder,
      [...new Set(mutants.map(({ killer }) => killer.file))],
      mutants.map(({ killer }) => killer.test),
    ),
  )
  const open = [...mutants]
  const work = async (): Promise<void> => {
    for (let mutant = open.shift(); mutant !== undefined; mutant = open.shift()) {
      verdicts.set(mutant, await judge(mutant, healthy))
    }
  }
  await Promise.all(Array.from({ length: options.parallel }, work))
  return mutants.flatMap((mutant) => verdicts.get(mutant) ?? [])
}

/** Outcome per test name: `passed`, `failed`, … */
type Outcomes = ReadonlyMap<string, string>

async function judge(mutant: Mutant, healthy: Outcomes): Promise<Verdict> {
  const { killer } = mutant
  const verdict = { mutant: mutant.name, killedBy: `${killer.file}: ${killer.test}` }
  const before = healthy.get(killer.test)
  if (before !== 'passed') {
    return { ...verdict, problem: `the test is ${before ?? 'missing'} without the mutant` }
  }
  return withCopy(async (folder) => {
    const file = placeIn(folder, mutant.file)
    const text = await readFile(file, 'utf8')
    const pieces = text.split(mutant.find)
    if (pieces.length !== 2) {
      return { ...verdict, problem: `the patch applies ${pieces.length - 1} times to ${mutant.file}` }
    }
    await writeFile(file, pieces.join(mutant.replace))
    const after = (await runTests(folder, [killer.file], [killer.test])).get(killer.test)
    if (after === 'failed') return { ...verdict, problem: null }
    return { ...verdict, problem: `survived: the test is ${after ?? 'not run'} with the mutant` }
  })
}

/** A copy of the packages that find their dependencies where the originals do. */
async function withCopy<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conduct-mutant-'))
  try {
    for (const name of ['packages/lanes', 'packages/git', 'packages/guard']) {
      const from = path.join(repositoryRoot, name)
      const to = path.join(folder, name)
      await cp(path.join(from, 'src'), path.join(to, 'src'), { recursive: true })
      await cp(path.join(from, 'package.json'), path.join(to, 'package.json'))
      await symlink(path.join(from, 'node_modules'), path.join(to, 'node_modules'))
    }
    await symlink(path.join(repositoryRoot, 'node_modules'), path.join(folder, 'node_modules'))
    await copyTests(folder)
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The tests on real servers, which find the copy where they find the package. */
async function copyTests(folder: string): Promise<void> {
  const from = path.join(repositoryRoot, 'test')
  const to = path.join(folder, 'test')
  const skipped = new Set([path.join(from, 'node_modules'), path.join(from, 'mutation')])
  await cp(from, to, { recursive: true, filter: (source) => !skipped.has(source) })
  await cp(path.join(repositoryRoot, 'tsconfig.base.json'), path.join(folder, 'tsconfig.base.json'))
  const own = path.join('node_modules', '@conduct')
  await mkdir(path.join(to, own), { recursive: true })
  for (const name of await readdir(path.join(from, 'node_modules'))) {
    if (name !== '@conduct')
      await symlink(path.join(from, 'node_modules', name), path.join(to, 'node_modules', name))
  }
  for (const name of await readdir(path.join(from, own))) {
    const target = name === 'lanes' ? path.join(folder, 'packages/lanes') : path.join(from, own, name)
    await symlink(target, path.join(to, own, name))
  }
}

function placeIn(folder: string, file: string): string {
  const isFromTop = file.startsWith('test/') || file.startsWith('packages/')
  return path.join(folder, isFromTop ? '' : 'packages/lanes/src', file)
}

async function runTests(
  folder: string,
  files: readonly string[],
  tests: readonly string[],
): Promise<Outcomes> {
  const report = path.join(folder, 'report.json')
  const named = ['--testNamePattern', [...new Set(tests)].map(escapePattern).join('|')]
  const paths = files.map((file) => placeIn(folder, file))
  const args = ['run', '--root', folder, '--reporter=json', `--outputFile=${report}`, '--testTimeout=60000']
  // A failing test is what this is about: the exit code says nothing, the report does.
  const output = await new Promise<string>((resolve) => {
    const options = { cwd: folder, timeout: runMsMax, maxBuffer: outputBytesMax }
    execFile(process.execPath, [vitest, ...args, ...named, ...paths], options, (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`)
    })
  })
  const text = await readFile(report, 'utf8').catch(() => null)
  if (text === null) throw new Error(`vitest wrote no report: ${output.slice(-2000)}`)
  const { testResults } = JSON.parse(text) as VitestReport
  return new Map(
    testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ title, status }): [string, string] => [title, status]),
    ),
  )
}

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
