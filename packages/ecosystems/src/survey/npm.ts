import { adopters } from '../adopters.ts'
import type { Adopter } from '../adopter-port.ts'
import { dependencyFields, type Manifest, readManifest } from '../manifests/manifest.ts'
import { packageNameProblem, registryProblem } from '../manifests/publishable.ts'
import { isElsewhere } from '../manifests/references.ts'
import { type WorkspaceKind, workspaceMembers } from '../manifests/workspace.ts'
import type { FileTree } from '../ports.ts'
import { publicRegistry, readRegistries, type RegistryOf } from '../registry/registry-of.ts'
import { asRecord, asText } from '../unknown.ts'
import { orReport, type Report } from './problems.ts'
import type { SurveyedNeed, SurveyedPackage } from './surveyed.ts'

type NodeManager = Extract<Adopter['manager'], 'npm' | 'pnpm' | 'yarn' | 'yarn-classic'>

export interface NpmSurvey {
  /** Null: it names one that nobody here drives. */
  readonly manager: NodeManager | null
  /** Whether its lockfile is there. */
  readonly isLocked: boolean
  /** Scripts of the manifest at the top, by name. */
  readonly scripts: ReadonlyMap<string, string>
  readonly packages: readonly SurveyedPackage[]
  /** Of the manifest at the top and the members of its workspace. */
  readonly needs: readonly SurveyedNeed[]
}

const manifestsMax = 1000
const notOurs = /(?:^|\/)(?:node_modules|vendor|fixtures?|__fixtures__|tests?|specs?|examples?|templates?)\//

export interface NodeManifests {
  /** Null: there is none at the top. */
  readonly npm: NpmSurvey | null
  /** What manifests need that stand elsewhere, which the manager at the top does not know. */
  readonly needsBeside: readonly SurveyedNeed[]
}

export async function surveyNpm(tree: FileTree, report: Report): Promise<NodeManifests> {
  const files = await tree.listFiles()
  const top = await readTolerantly(tree, 'package.json', report)
  const { manager, isLocked } = await managerOf(tree, { top, files, report })
  const members = await orReport(() => workspaceMembers(tree, workspaceKinds[manager ?? 'npm'], top), {
    file: 'package.json',
    otherwise: [] as readonly string[],
    report,
  })
  const others = files.filter(
    (file) => file.endsWith('/package.json') && !members.includes(file) && !notOurs.test(file),
  )
  const beside = await readAll(tree, others, report)
  const needsBeside = beside.flatMap((found) => (found === null ? [] : needsOf(found)))
  if (!files.includes('package.json')) return { npm: null, needsBeside }
  const inside = await readAll(tree, members, report)
  const own = [top, ...inside].filter((manifest) => manifest !== null)
  const registryOf = await orReport(() => readRegistries({ tree, env: {}, passEnv: [] }), {
    file: '.npmrc',
    otherwise: () => publicRegistry,
    report,
  })
  const packages = (
    await Promise.all(own.map((manifest) => packageOf(manifest, { registryOf, report })))
  ).flat()
  const needs = own.flatMap(needsOf)
  return { npm: { manager, isLocked, scripts: scriptsOf(top), packages, needs }, needsBeside }
}

const workspaceKinds = {
  npm: 'npm',
  pnpm: 'pnpm',
  yarn: 'yarn',
  'yarn-classic': 'yarn',
} as const satisfies Record<NodeManager, WorkspaceKind>

async function managerOf(
  tree: FileTree,
  {
    top,
    files,
    report,
  }: { readonly top: Manifest | null; readonly files: readonly string[]; readonly report: Report },
): Promise<Pick<NpmSurvey, 'manager' | 'isLocked'>> {
  for (const adopter of adopters.filter(({ ecosystem }) => ecosystem === 'npm')) {
    const doesMatch = await orReport(() => adopter.matches(tree), {
      file: 'package.json',
      otherwise: false,
      report,
    })
    if (doesMatch && isNodeManager(adopter.manager)) return { manager: adopter.manager, isLocked: true }
  }
  const [named = '', version = ''] = (top?.packageManager ?? '').split('@')
  if (named === 'yarn')
    return { manager: version.startsWith('1.') ? 'yarn-classic' : 'yarn', isLocked: false }
  if (isNodeManager(named)) return { manager: named, isLocked: false }
  if (files.includes('pnpm-workspace.yaml')) return { manager: 'pnpm', isLocked: false }
  const isForeign = named !== '' || files.some((file) => /^(?:bun\.lockb?|deno\.lock)$/.test(file))
  return { manager: isForeign ? null : 'npm', isLocked: false }
}

function isNodeManager(name: string): name is NodeManager {
  return Object.hasOwn(workspaceKinds, name)
}

async function readAll(
  tree: FileTree,
  paths: readonly string[],
  report: Report,
): Promise<readonly (Manifest | null)[]> {
  const left = paths.length - manifestsMax
  if (left > 0)
    report({ file: paths[manifestsMax] ?? '', why: `it and ${left} manifests more were not read` })
  return Promise.all(paths.slice(0, manifestsMax).map((path) => readTolerantly(tree, path, report)))
}

async function readTolerantly(tree: FileTree, path: string, report: Report): Promise<Manifest | null> {
  return orReport(() => readManifest(tree, path), { file: path, otherwise: null, report })
}

function scriptsOf(manifest: Manifest | null): ReadonlyMap<string, string> {
  const scripts = Object.entries(asRecord(manifest?.fields['scripts']))
  return new Map(scripts.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : [])))
}

/** Fields and scripts that somebody only writes for what they publish. */
const publishingFields = ['publishConfig', 'files', 'exports'] as const
const publishingScripts = ['prepublishOnly', 'prepack', 'release'] as const

async function packageOf(
  manifest: Manifest,
  { registryOf, report }: { readonly registryOf: RegistryOf; readonly report: Report },
): Promise<readonly SurveyedPackage[]> {
  const { name, version, path: file, isPrivate, fields, scripts } = manifest
  if (name === null || version === null) return []
  const problem = packageNameProblem(name, 'npm')
  if (problem !== null) {
    if (!isPrivate) report({ file, why: `its name ${JSON.stringify(name)} ${problem}` })
    return []
  }
  const look = async (): Promise<string> => registryOf(manifest)
  const registry = isPrivate ? null : await orReport(look, { file: '.npmrc', otherwise: null, report })
  const registryIs = registry === null ? null : registryProblem(registry)
  if (registryIs !== null) report({ file, why: `the registry it is published to ${registryIs}` })
  return [
    {
      ecosystem: 'npm',
      name,
      version,
      file,
      isPrivate,
      registry: registry === publicRegistry || registryIs !== null ? null : registry,
      signs: [
        ...publishingFields.filter((field) => fields[field] !== undefined),
        ...publishingScripts.filter((script) => scripts.has(script)).map((script) => `script ${script}`),
      ],
      isBuiltWhenPacked: scripts.has('prepack') || scripts.has('prepare'),
    },
  ]
}

function needsOf(manifest: Manifest): readonly SurveyedNeed[] {
  return dependencyFields.flatMap((field) =>
    [...manifest.ranges(field)].map(([name, reference]) => ({
      ecosystem: 'npm' as const,
      name: aliased(reference) ?? name,
      file: manifest.path,
      reference,
      isElsewhere: isElsewhere(reference),
    })),
  )
}

/** `npm:@acme/engine@^1.0.0` stands under another name than the one it means. */
function aliased(reference: string): string | null {
  return asText(/^npm:((?:@[^/@]+\/)?[^/@]+)@/.exec(reference)?.[1])
}
