import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  type ClaimProof,
  type Lane,
  claimOfSecret,
  newSecret,
  stateHome,
  storePlace,
} from '@conduct/lanes/engine'
import { ConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import type { Estate } from './open-estate.ts'
import { readWorktreeTop } from './worktree-top.ts'

/**
 * The proofs of unattended claims: one private file (mode 600) per claim in the user's state folder, found again
 * by estate, holder name and worktree (or `CONDUCT_SESSION`, where several share a folder). Whoever comes from
 * another folder has other files and is somebody else.
 */
export interface Claims {
  /** What goes into the claim for others to see. */
  readonly session: string | null
  /**
   * The secret to ask with: the one this folder asked for the same resources with before, else a fresh one. What was asked for
   * by a key (a trigger) is a claim of its own; without a key one goes on with it.
   */
  secretFor(lane: Lane, resources: readonly string[], key?: string): Promise<string>
  /** Proofs for a lane: claims of a parent process (`CONDUCT_CLAIM`) first, then those of this folder. */
  proofs(lane: Lane): Promise<readonly ClaimProof[]>
  /** Everything that was claimed from this folder, whatever has become of it. No look at the store. */
  own(): readonly (ClaimProof & { readonly lane: string })[]
  /** The same, and those that were made from here under any other name: for who comes without saying theirs. */
  proofsHere(lane: Lane): Promise<readonly ClaimProof[]>
  save(lane: string, resources: readonly string[], secret: string, key?: string): void
  forget(lane: string, proof: ClaimProof): void
}

/** Whether anybody ever claimed anything in this estate from this machine's account; says it without asking who asks. */
export function hasClaims(estate: Estate, { env }: CommandContext): boolean {
  return existsSync(claimsFolder(estate, env))
}

function claimsFolder(estate: Estate, env: CommandContext['env']): string {
  return join(stateHome(env), estate.config.estate, 'claims')
}

export function openClaims(options: { readonly estate: Estate; readonly context: CommandContext }): Claims {
  const { estate, context } = options
  const { env, cwd } = context
  const session = env['CONDUCT_SESSION'] ?? ''
  const place = session === '' ? (readWorktreeTop(cwd) ?? cwd) : `session ${session}`
  const all = claimsFolder(estate, env)
  const folderAt = (address: string): string =>
    join(all, shortHash([storePlace(address), estate.identity.holder, place]))
  const folder = folderAt(estate.store.url)
  const parentSecrets = (env['CONDUCT_CLAIM'] ?? '').split(',').filter((secret) => secret !== '')

  const proofs = async (lane: Lane): Promise<readonly ClaimProof[]> => {
    const view = parentSecrets.length === 0 ? null : await lane.inspect()
    const fromParents = parentSecrets.flatMap((secret) => {
      const claim = claimOfSecret(secret)
      return view?.holders.some((holder) => holder.claim === claim) === true ? [{ claim, secret }] : []
    })
    const ofLane = () => listClaims(folder).filter((claim) => claim.lane === lane.name)
    if (ofLane().length === 0) await bringAlong(lane, { all, folder, folderAt })
    return [...fromParents, ...ofLane().map(proofIn)]
  }

  return {
    session: session === '' ? null : session,
    async secretFor(lane, resources, key) {
      const path = join(folder, fileName({ lane: lane.name, resources, key }))
      if (!existsSync(path)) await bringAlong(lane, { all, folder, folderAt })
      const known =
        readClaim(path) ?? (key === undefined ? findTriggered(folder, lane.name, resources) : null)
      if (known !== null) return known.secret
      const secret = newSecret()
      // Written before it is asked with: an answer that gets lost can be asked for again.
      writeClaim(folder, path, {
        lane: lane.name,
        resources,
        secret,
        place,
        ...(key === undefined ? {} : { key }),
      })
      return secret
    },
    proofs,
    async proofsHere(lane) {
      const own = await proofs(lane)
      const here = foldersIn(all)
        .flatMap(listClaims)
        .filter((claim) => claim.lane === lane.name && claim.place === place)
        .map(proofIn)
      return [...own, ...here.filter(({ claim }) => !own.some((each) => each.claim === claim))]
    },
    own: () => listClaims(folder).map(({ lane, secret }) => ({ lane, claim: claimOfSecret(secret), secret })),
    save(lane, resources, secret, key) {
      if (parentSecrets.includes(secret)) return
      const claim = { lane, resources, secret, place, ...(key === undefined ? {} : { key }) }
      writeClaim(folder, join(folder, fileName(claim)), claim)
    },
    forget(lane, { secret }) {
      for (const claim of listClaims(folder)) {
        if (claim.lane === lane && claim.secret === secret) {
          rmSync(join(folder, fileName(claim)), { force: true })
        }
      }
    },
  }
}

/** A lane that was moved to this store: the proofs of this folder's places in its line move after it. */
async function bringAlong(
  lane: Lane,
  folders: {
    readonly all: string
    readonly folder: string
    readonly folderAt: (address: string) => string
  },
): Promise<void> {
  if (!hasOthers(folders)) return
  const { moved } = (await lane.inspect()).document
  const from = moved?.kind === 'from' ? folders.folderAt(moved.address) : folders.folder
  if (from === folders.folder) return
  for (const claim of listClaims(from).filter((one) => one.lane === lane.name)) {
    const name = fileName(claim)
    if (!existsSync(join(folders.folder, name))) writeClaim(folders.folder, join(folders.folder, name), claim)
    rmSync(join(from, name), { force: true })
  }
}

/** Who has never claimed from anywhere else is not asked about. */
function hasOthers({ all, folder }: { readonly all: string; readonly folder: string }): boolean {
  return existsSync(all) && readdirSync(all).some((name) => name !== basename(folder))
}

interface ClaimFile {
  readonly lane: string
  readonly resources: readonly string[]
  readonly secret: string
  /** The worktree or session it was made from. */
  readonly place?: string
  /** What triggered it. */
  readonly key?: string
}

function proofIn({ secret }: ClaimFile): ClaimProof {
  return { claim: claimOfSecret(secret), secret }
}

function foldersIn(all: string): readonly string[] {
  return existsSync(all) ? readdirSync(all).map((name) => join(all, name)) : []
}

type AskedFor = Pick<ClaimFile, 'lane' | 'resources'> & { readonly key?: string | undefined }

function fileName({ lane, resources, key }: AskedFor): string {
  const triggered = key === undefined ? '' : `.${shortHash([key])}`
  return `${encodeURIComponent(lane)}.${shortHash([...resources].sort())}${triggered}.json`
}

/** The only one, where there are several keys: nobody could say which is meant. */
function findTriggered(folder: string, lane: string, resources: readonly string[]): ClaimFile | null {
  const asked = fileName({ lane, resources })
  const [only, ...others] = listClaims(folder).filter(
    (claim) =>
      claim.key !== undefined && fileName({ lane: claim.lane, resources: claim.resources }) === asked,
  )
  return others.length === 0 ? (only ?? null) : null
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

function listClaims(folder: string): readonly ClaimFile[] {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch {
    // No claim was ever made from here.
    return []
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => readClaim(join(folder, name)) ?? [])
}

function readClaim(path: string): ClaimFile | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const value = JSON.parse(text) as ClaimFile & { readonly format?: number }
  if (value.format !== 1) {
    throw new ConductError('STORE_NEWER', `${path} was written by a newer conduct`)
  }
  return value
}

function writeClaim(folder: string, path: string, claim: ClaimFile): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify({ format: 1, ...claim }), { mode: 0o600 })
  renameSync(draft, path)
}
