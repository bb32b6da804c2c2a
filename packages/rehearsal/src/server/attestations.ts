import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What was built from where, as the statement of a provenance says it. */
export interface ProvenanceFacts {
  readonly name: string
  readonly version: string
  /** SRI (sha512) of the tarball that was built. */
  readonly integrity: string
  /** `https://github.com/acme/engine` */
  readonly repository: string
  readonly commit: string
}

/**
 * Attestations of published versions, one file each, served as npm serves them. Their signatures are empty: a
 * transparency log cannot be run here, and nobody who reads them back from a registry checks them again.
 */
export async function keepProvenance(folder: string, facts: ProvenanceFacts): Promise<void> {
  const { name, version, integrity, repository, commit } = facts
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: `pkg:npm/${name.replace('@', '%40')}@${version}`,
        digest: { sha512: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') },
      },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: 'refs/heads/main', repository, path: '.github/workflows/release.yml' },
        },
        resolvedDependencies: [{ uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: commit } }],
      },
    },
  }
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64')
  const envelope = { payload, payloadType: 'application/vnd.in-toto+json', signatures: [] }
  await mkdir(folder, { recursive: true })
  await writeFile(
    fileOf(folder, `${name}@${version}`),
    JSON.stringify({
      attestations: [{ predicateType: statement.predicateType, bundle: { dsseEnvelope: envelope } }],
    }),
  )
}

/** @param subject `@acme/engine@1.0.0`; null: there is none. */
export async function readAttestations(folder: string, subject: string): Promise<string | null> {
  return readFile(fileOf(folder, subject), 'utf8').catch(() => null)
}

function fileOf(folder: string, subject: string): string {
  return join(folder, `${encodeURIComponent(subject)}.json`)
}
