import { basename, dirname, relative, resolve } from 'node:path'
import { findSecrets } from '@conduct/config'
import { ConductError } from '@conduct/core'
import { distinct, type Gap, type InitFacts, lookAtRepo, ownerName, repoName, toName } from '@conduct/init'
import type { CommandContext } from '../command.ts'
import { readSource } from './read-source.ts'
import type { Source } from './sources.ts'
import { whoAmI } from './who-am-i.ts'

/** @param options.target where lanes.yaml will lie: paths in it are seen from there */
export async function gatherFacts(
  context: CommandContext,
  { sources, target }: { readonly sources: readonly Source[]; readonly target: string },
): Promise<InitFacts> {
  const keys = distinct(sources.map(({ top, address }) => repoName(address ?? top ?? '')))
  const { person, gaps } = whoAmI(context)
  const repos = await Promise.all(
    sources.map(async (source, at) => {
      const key = keys[at] ?? 'repo'
      const read = await readSource(source.tree, key)
      const { remote, gaps: addressGaps } = remoteOf(source, key)
      return lookAtRepo({
        key,
        remote,
        isUnshared: source.address === null,
        main:
          source.address === null && source.branch !== null && isWritable(source.branch)
            ? source.branch
            : null,
        path: source.top === null ? null : pathFrom(target, source.top),
        isOnGithub: /^(?:[a-z+]+:\/\/)?(?:[^/@]*@)?github\.com[:/]/i.test(remote),
        survey: read.survey,
        tree: read.tree,
        remotes: source.remotes,
        gaps: [...(at === 0 ? gaps : []), ...addressGaps, ...read.gaps],
      })
    }),
  )
  return { estate: estateName(keys, { sources, target }), person, repos }
}

function isWritable(text: string): boolean {
  return findSecrets(text).length === 0
}

function pathFrom(target: string, top: string): string | null {
  const path = relative(dirname(target), top).replaceAll('\\', '/')
  return isWritable(path) ? (path === '' ? '.' : path) : null
}

/** @throws ConductError USAGE  the address cannot be written down: it looks like a secret even without its credentials. */
function remoteOf(
  { address, top }: Source,
  repo: string,
): { readonly remote: string; readonly gaps: readonly Gap[] } {
  if (address === null) {
    const remedy = 'Push it somewhere, and write that address: a train pushes to the remote'
    return { remote: top ?? '', gaps: [{ repo, what: 'It has no remote', remedy }] }
  }
  const isFolder = !/^(?:[a-z][a-z\d+.-]*:\/\/|[^/\\\s]+:(?![\\/]{2}))/i.test(address)
  const remote = isFolder ? resolve(top ?? '/', address) : withoutCredentials(address)
  if (!isWritable(remote)) {
    throw new ConductError(
      'USAGE',
      `The address of ${repo} looks like a secret, which lanes.yaml must not hold`,
      {
        hint: 'Give the repository an address without it: git remote set-url origin <address>',
      },
    )
  }
  const isStripped = !isFolder && remote !== address
  const what = 'The address of its remote holds a credential, which was left out'
  const remedy = 'Let git ask a credential helper for it: whoever reads the file would have it'
  return { remote, gaps: isStripped ? [{ repo, what, remedy }] : [] }
}

/** Of http all in front of the host is a credential; of ssh only a password is. */
function withoutCredentials(address: string): string {
  return address.replace(/^(https?:\/\/)[^/@]*@/i, '$1').replace(/^([a-z+]+:\/\/[^/@:]*):[^/@]*@/i, '$1@')
}

/** One repository gives its name; several that of their owner at the forge, else of the folder they lie in. */
function estateName(
  keys: readonly string[],
  { sources, target }: { readonly sources: readonly Source[]; readonly target: string },
): string {
  const [first = 'estate'] = keys
  if (sources.length === 1) return first
  const owners = new Set(sources.map(({ address }) => (address === null ? null : ownerName(address))))
  const [owner] = owners
  if (owners.size === 1 && owner != null) return owner
  const folder = dirname(target)
  const isInside = sources.some(({ top }) => top === folder)
  return isInside ? first : toName(basename(folder), first)
}
