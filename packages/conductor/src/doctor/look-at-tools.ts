import type { Train } from '@conduct/config'
import { adopters, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { declaredRegistries } from '../declared-registries.ts'
import type { AskedTool } from '../preflight/evidence.ts'
import { chooseAdopter } from '../survey/choose-adopter.ts'
import { type FilesHere, filesHere, type Looking } from './files-here.ts'

/** A program that publishing or adopting needs, as this machine has it. */
export interface ToolLook {
  readonly tool: string
  /** Repos that need it. */
  readonly repos: readonly string[]
  /** Null: it is not here. */
  readonly version: string | null
}

export interface ToolsLook {
  readonly tools: readonly ToolLook[]
  /** Repos of trains of which neither checkout nor mirror is here: what they need is not known. */
  readonly unseen: readonly string[]
}

/** The package managers that the trains of lanes.yaml need, and no others. */
export async function lookAtTools(looking: Looking): Promise<ToolsLook> {
  await using opened = new AsyncDisposableStack()
  const seen = new Map<string, Promise<FilesHere | null>>()
  const unseen = new Set<string>()
  const open = async (name: string): Promise<FilesHere | null> => {
    const repo = looking.config.repos.get(name)
    const known = seen.get(name) ?? (repo === undefined ? Promise.resolve(null) : filesHere(repo, looking))
    if (!seen.has(name)) seen.set(name, keep(known, opened))
    const files = await known
    if (files === null) unseen.add(name)
    return files
  }
  const needed = (
    await Promise.all([...looking.config.trains.values()].map((train) => neededBy(train, open)))
  ).flat()
  const byTool = Map.groupBy(needed, ({ tool }) => tool.name)
  const tools = await Promise.all(
    [...byTool].map(async ([name, places]) => ({
      tool: name,
      repos: [...new Set(places.map(({ repo }) => repo))],
      version: await versionOf(places, looking),
    })),
  )
  return { tools, unseen: [...unseen] }
}

interface Needed {
  readonly tool: AskedTool
  readonly repo: string
  readonly files: FilesHere
}

async function neededBy(
  train: Train,
  open: (repo: string) => Promise<FilesHere | null>,
): Promise<readonly Needed[]> {
  const { producer, consumers } = train
  const needed: Needed[] = []
  const byOthers =
    producer.publish !== 'infer' &&
    ('workflow' in producer.publish || producer.publish.every(({ command }) => command !== null))
  const files = await open(producer.repo)
  const packages: { readonly name: string; readonly ecosystem: 'npm' | 'rubygems' | 'command' }[] = []
  if (files !== null && !byOthers) {
    for (const publisher of publishers) {
      if (!(await publisher.matches(files.tree))) continue
      const tool: AskedTool = {
        name: publisher.tool,
        version: (context, worktree) => publisher.version(context, worktree),
      }
      needed.push({ tool, repo: producer.repo, files })
      packages.push({ name: producer.repo, ecosystem: publisher.ecosystem })
      break
    }
  }
  for (const { repo, adopt } of consumers) {
    if (adopt.via === 'none' || adopt.command !== null) continue
    const theirs = await open(repo)
    if (theirs === null) continue
    const adopter = await chooseAdopter(
      adopters,
      { frozen: { name: repo, tree: theirs.tree }, adopt },
      packages,
    )
    if (adopter === null) continue
    const tool: AskedTool = {
      name: adopter.manager,
      version: (context, worktree) => adopter.version(context, worktree),
    }
    needed.push({ tool, repo, files: theirs })
  }
  return needed
}

/** Some checkouts decide which program of a name answers: it is here only where it answers everywhere. */
async function versionOf(places: readonly Needed[], looking: Looking): Promise<string | null> {
  const asked = places.some(({ files }) => files.isCheckout)
    ? places.filter(({ files }) => files.isCheckout)
    : places.slice(0, 1)
  const versions = await Promise.all(
    asked.map(({ tool, repo, files }) => {
      const train = [...looking.config.trains.values()].find(({ producer }) => producer.repo === repo)
      const context = {
        runCommand,
        signal: looking.signal,
        passEnv: looking.config.repos.get(repo)?.env ?? [],
        declaredRegistries: train === undefined ? [] : declaredRegistries(train),
      }
      return tool.version(context, files.folder)
    }),
  )
  return versions.includes(null) ? null : [...new Set(versions)].join(', ')
}

async function keep(
  opening: Promise<FilesHere | null>,
  opened: AsyncDisposableStack,
): Promise<FilesHere | null> {
  const files = await opening
  if (files !== null) opened.use(files)
  return files
}
