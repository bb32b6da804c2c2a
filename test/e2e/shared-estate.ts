import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { copyEstate, type Estate } from '@conduct/rehearsal'
import { isLong } from '../bounded.ts'
import { modelEstate } from '../model-estate.ts'

const run = promisify(execFile)

/** An estate that several machines conduct: they share its store, its remotes and its registry, and nothing else. */
export interface SharedEstate {
  readonly estate: Estate
  /** What `-c` names on every machine: lanes.yaml in a repository of its own. */
  readonly config: string
}

/**
 * A copy of the model whose lanes.yaml lies in a remote and names no folder of any machine. Setup and checks are
 * left out; leases last `lease`.
 */
export async function openSharedEstate(options: {
  readonly folder: string
  readonly storeUrl: string
  readonly lease: string
}): Promise<SharedEstate> {
  const { folder, storeUrl, lease } = options
  const estate = await copyEstate({
    from: await modelEstate(isLong ? 'npmAndPnpm' : 'pnpm'),
    to: join(folder, 'estate'),
    storeUrl,
  })
  const text = (await readFile(estate.lanesYamlPath, 'utf8'))
    .replaceAll(/^ {4}path: .*\n/gm, '')
    .replaceAll(/^ {4}setup: .*$/gm, '    setup: []')
    .replaceAll(/^ {4}checks: .*$/gm, '    checks: []')
    .replace(/^ {4}captains: \[ana\]$/m, `    captains: [ana]\n    lease: ${lease}`)
  const work = join(folder, 'config')
  const bare = join(folder, 'config.git')
  await mkdir(work)
  await writeFile(join(work, 'lanes.yaml'), text)
  const git = (...args: string[]) =>
    run('git', ['-C', work, '-c', 'user.name=Ana', '-c', 'user.email=ana@rehearsal.example', ...args])
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', 'lanes.yaml')
  await git('commit', '--quiet', '--message', 'how a release travels')
  await run('git', ['clone', '--quiet', '--bare', work, bare])
  return { estate, config: `git+file://${bare}#main` }
}
