import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import { fileTreeOfFolder } from '../file-tree.ts'
import { readGemfileLock } from '../lockfiles/gemfile-lock.ts'
import { type GemDeclaration, gemDeclarations, gemfileOf } from '../manifests/gemfile.ts'
import type { FileTree } from '../ports.ts'
import { readGemFile } from '../publishers/gem-file.ts'
import { describeResult, runTool, succeeded } from '../run-tool.ts'
import { readBundlerFailure } from './bundler-failure.ts'
import { forgetBundlerVersion } from './bundler-settings.ts'
import { leavesWorktree } from './followed-settings.ts'
import { replaced, sourceOptions, type TextEdit } from './gem-edits.ts'
import { withoutExtensions } from './without-extensions.ts'
import { type TryingManager, tryPackedWith, type TryPackedOptions } from './try-packed.ts'

/** Inside the worktree, which is thrown away. */
const unpackedFolder = '.conduct-gems'
const settingsFile = '.bundle/config'
const unpackTimeoutMs = 120_000

/**
 * Unpacks the gems, lets the Gemfile take them by path, and installs. The settings stay where the consumer's own checks
 * find them. A gem that is taken by path is used as it is: nothing of it is built.
 *
 * @throws ConductError TRY_FAILED
 */
export async function tryPackedGems(options: TryPackedOptions): Promise<void> {
  const tree = fileTreeOfFolder(options.worktree)
  const used = await usedGems(tree, options.packed)
  const folders = new Map<string, string>()
  for (const gem of used) folders.set(gem.name, await unpack(gem, options))
  await forgetBundlerVersion(options.worktree)
  await mkdir(path.join(options.worktree, '.bundle'), { recursive: true })
  const env = { BUNDLE_PLUGINS: 'false', ...(await withoutExtensions(options.worktree)) }
  const trying: TryingManager = {
    overrides: async () =>
      new Map([
        [settingsFile, installable((await tree.readFile(settingsFile)) ?? '---\n')],
        ...(await gemfileWithPaths(tree, folders)),
      ]),
    installArgv: ['bundle', 'install', '--retry=0'],
    env: () => env,
    readFailure: readBundlerFailure,
    readLockfile: readGemfileLock,
  }
  await tryPackedWith(trying, options)
}

/** Those that the consumer has, and what they need of the others. */
async function usedGems(
  tree: FileTree,
  packed: TryPackedOptions['packed'],
): Promise<TryPackedOptions['packed']> {
  const lock = await readGemfileLock(tree)
  const has = new Set([...(lock?.dependencies.keys() ?? []), ...(lock?.nodes.map(({ name }) => name) ?? [])])
  const all = await Promise.all(
    packed.map(async (gem) => ({ gem, needs: (await readGemFile(gem.path)).needs })),
  )
  for (let round = 0; round < all.length; round += 1) {
    for (const { gem, needs } of all) if (has.has(gem.name)) for (const need of needs) has.add(need)
  }
  return packed.filter(({ name }) => has.has(name))
}

async function unpack(
  gem: TryPackedOptions['packed'][number],
  { worktree, context }: TryPackedOptions,
): Promise<string> {
  const all = path.join(worktree, unpackedFolder)
  const { name, version, platform } = await readGemFile(gem.path)
  const fullName = [name, version, ...(platform === 'ruby' ? [] : [platform])].join('-')
  // RubyGems knows a gem file by the end of its name only.
  const file = path.join(all, `${fullName}.gem`)
  await mkdir(all, { recursive: true })
  await copyFile(gem.path, file)
  const run = async (argv: readonly string[]): Promise<string> => {
    const result = await runTool({ argv, cwd: all, timeoutMs: unpackTimeoutMs, context })
    if (succeeded(result)) return result.stdout
    throw new ConductError('TRY_FAILED', `${gem.name}@${gem.version} could not be unpacked`, {
      details: describeResult(argv, result),
    })
  }
  await run(['gem', 'unpack', file, '--target', all])
  const folder = path.join(all, fullName)
  await writeFile(path.join(folder, `${name}.gemspec`), await run(['gem', 'specification', file, '--ruby']))
  return folder
}

/** Frozen, the lockfile could not change; without a path, gems would land in a home that is gone afterwards. */
function installable(text: string): string {
  const kept = text
    .split('\n')
    .filter((line) => line !== '' && !/^BUNDLE_(?:FROZEN|DEPLOYMENT|PLUGINS|GEMFILE|BUILD__\w+)\b/.test(line))
    .filter((line) => !leavesWorktree(/^BUNDLE_\w+: "?([^"]*)"?$/.exec(line)?.[1] ?? ''))
  const place = kept.some((line) => line.startsWith('BUNDLE_PATH:')) ? [] : ['BUNDLE_PATH: ".conduct-bundle"']
  return [...kept, ...place, ''].join('\n')
}

async function gemfileWithPaths(
  tree: FileTree,
  folders: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const file = (await gemfileOf(tree))?.gemfile ?? 'Gemfile'
  const text = (await tree.readFile(file)) ?? ''
  const declared = [...folders].map(([name, folder]) => ({
    name,
    folder,
    declarations: gemDeclarations(file, text, name),
  }))
  const edits = declared.flatMap(({ folder, declarations }) =>
    declarations.map((one) => takenFrom(one, folder)),
  )
  const added = declared
    .filter(({ declarations }) => declarations.length === 0)
    .map(({ name, folder }) => `gem '${name}', path: ${rubyString(folder)}\n`)
  return new Map([[file, `${replaced(text, edits).replace(/\n*$/, '\n')}${added.join('')}`]])
}

/** Everything else that the declaration says (groups, `require:`) stays. */
function takenFrom(declaration: GemDeclaration, folder: string): TextEdit {
  const kept = declaration.arguments.filter(
    ({ key }) => key !== null && !sourceOptions.has(key) && key !== 'source',
  )
  const text = [`path: ${rubyString(folder)}`, ...kept.map((argument) => argument.text)].join(', ')
  return { start: declaration.nameEnd, end: declaration.end, text: `, ${text}` }
}

function rubyString(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}
