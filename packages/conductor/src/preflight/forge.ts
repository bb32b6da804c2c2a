import type { Repo } from '@conduct/config'
import { type Judgement, notApplicable, unknown } from './row.ts'

const githubRemote = /(?:^|[@/.])github\.com[:/]/i

/** Whether a repo lives at a forge: declared, or a remote that says so itself. */
function hasForge(repo: Pick<Repo, 'forge' | 'remote'>): boolean {
  return repo.forge === null ? githubRemote.test(repo.remote) : repo.forge.kind !== 'none'
}

/** Until a forge can be asked: what only a forge knows is unknown by name, and never green. */
export function judgeAtForge(repo: Pick<Repo, 'forge' | 'remote'>, what: string): Judgement {
  if (!hasForge(repo)) return notApplicable('No forge is declared.')
  return unknown('0 of 1 forges', `${what}: this conduct cannot ask the forge yet; look there yourself.`)
}
