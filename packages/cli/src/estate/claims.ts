import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ClaimProof, type Lane, claimOfSecret, newSecret, stateHome } from '@conduct/lanes/engine'
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
  /** The secret to ask with: the one this folder asked for the same resources with before, else a fresh one. */
  secretFor(lane: string, resources: readonly string[]): string
  /** Proofs for a lane: claims of a parent process (`CONDUCT_CLAIM`) first, then those of this folder. */
  proofs(lane: Lane): Promise<readonly ClaimProof[]>
  save(lane: string, resources: readonly string[], secret: string): void
  forget(lane: string, proof: ClaimProof): void
}

export function openClaims(options: { readonly estate: Estate; readonly context: CommandContext }): Claims {
  const { estate, context } = options
  const { env, cwd } = context
  const session = env['CONDUCT_SESSION'] ?? ''
  const place = session === '' ? (readWorktreeTop(cwd) ?? cwd) : `session ${session}`
  const folder = join(
    stateHome(env),
    estate.config.estate,
    'claims',
    shortHash([estate.store.url, estate.identity.holder, place]),
  )
  const parentSecrets = (env['CONDUCT_CLAIM'] ?? '').split(',').filter((secret) => secret !== '')

  return {
    session: session === '' ? null : session,
    secretFor(lane, resources) {
      const path = join(folder, fileName(lane, resources))
      const known = readClaim(path)
      if (known !== null) return known.secret
      const secret = newSecret()
      // Written before it is asked with: an answer that gets lost can be asked for again.
      writeClaim(folder, path, { lane, resources, secret })
      return secret
    },
    async proofs(lane) {
      const view = parentSecrets.length === 0 ? null : await lane.inspect()
      const fromParents = parentSecrets.flatMap((secret) => {
        const claim = claimOfSecret(secret)
        return view?.holders.some((holder) => holder.claim === claim) === true ? [{ claim, secret }] : []
      })
      const own = listClaims(folder)
        .filter((claim) => claim.lane === lane.name)
        .map(({ secret }) => ({ claim: claimOfSecret(secret), secret }))
      return [...fromParents, ...own]
    },
    save(lane, resources, secret) {
      if (parentSecrets.includes(secret)) return
      writeClaim(folder, join(folder, fileName(lane, resources)), { lane, resources, secret })
    },
    forget(lane, { secret }) {
      for (const claim of listClaims(folder)) {
        if (claim.lane === lane && claim.secret === secret) {
          rmSync(join(folder, fileName(lane, claim.resources)), { force: true })
        }
      }
    },
  }
}

interface ClaimFile {
  readonly lane: string
  readonly resources: readonly string[]
  readonly secret: string
}

function fileName(lane: string, resources: readonly string[]): string {
  return `${encodeURIComponent(lane)}.${shortHash([...resources].sort())}.json`
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
