import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseLanesYaml } from '@conduct/config'
import type { SignOff } from '@conduct/review'
import { lookAtGit } from '../guard/git-look.ts'
import { type Range, type ReadRevisions, textAt } from './read-revisions.ts'

/** A range of more commits than that is no change that somebody reviews. */
const commitsMax = 100

/**
 * Commits of lanes.yaml that a captain signed, each with what stood in the file then. The keys are those of the revision before: a
 * change cannot bring the key that vouches for it. (Only a first lanes.yaml does.)
 */
export function readSignOffs(
  signers: readonly string[],
  { before, after, range }: ReadRevisions,
): { readonly signOffs: readonly SignOff[]; readonly problems: readonly string[] } {
  if (signers.length === 0) return { signOffs: [], problems: [] }
  const people = (before ?? after).config.people
  const keys = signers.flatMap((name) => {
    const key = people.get(name)?.signingKey ?? null
    return key === null ? [] : [{ name, key }]
  })
  const problems = signers
    .filter((name) => !keys.some((each) => each.name === name))
    .map(
      (name) => `${name} has no signing_key in the revision before, so no commit can be proved to be theirs`,
    )
  if (range === null) {
    return { signOffs: [], problems: ['Two files carry no signature; --base looks at commits', ...problems] }
  }
  const commits = commitsOf(range)
  if (commits.length === 0) problems.unshift('What is not committed is signed by nobody')
  return { signOffs: keys.length === 0 ? [] : signedCommits(range, { commits, keys }), problems }
}

/** Those that changed the file since the base, newest first. */
function commitsOf({ folder, base, file }: Range): readonly string[] {
  const args = ['rev-list', `--max-count=${commitsMax}`, `${base}..HEAD`, '--', `./${file}`]
  const { exit, stdout } = lookAtGit(folder, args)
  return exit === 0 ? stdout.split('\n').filter((commit) => commit !== '') : []
}

function signedCommits(
  range: Range,
  { commits, keys }: { readonly commits: readonly string[]; readonly keys: readonly Key[] },
): readonly SignOff[] {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-signers-'))
  try {
    const signersFile = join(folder, 'signers')
    writeFileSync(signersFile, keys.map(({ name, key }) => `${name} namespaces="git" ${key}\n`).join(''))
    return commits.flatMap((commit): readonly SignOff[] => {
      const by = signerOf(commit, { folder: range.folder, signersFile })
      const text = by === null ? null : textAt({ ...range, base: commit })
      if (by === null || text === null) return []
      const { config } = parseLanesYaml({ file: commit, text })
      return config === null ? [] : [{ by, proof: 'signed_commit', reference: commit.slice(0, 7), config }]
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Key {
  readonly name: string
  readonly key: string
}

/** Whose of the keys made the signature; signatures of other kinds than SSH are nobody's. */
function signerOf(
  commit: string,
  { folder, signersFile }: { readonly folder: string; readonly signersFile: string },
): string | null {
  const settings = [
    `gpg.ssh.allowedSignersFile=${signersFile}`,
    'gpg.ssh.revocationFile=',
    'gpg.ssh.program=ssh-keygen',
    'gpg.program=false',
    'gpg.openpgp.program=false',
    'gpg.x509.program=false',
  ].flatMap((setting) => ['-c', setting])
  const { exit, stdout, stderr } = lookAtGit(folder, [...settings, 'verify-commit', '--raw', commit])
  const good = /^Good "git" signature for (\S+) with \S+ key SHA256:/m.exec(stdout + stderr)
  return exit === 0 ? (good?.[1] ?? null) : null
}
