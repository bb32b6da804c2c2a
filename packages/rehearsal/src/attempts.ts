import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/**
 * Everything that reached the outside of the estate, one JSON line per attempt, whatever became of it: publishes
 * and deploys are written by the servers, pushes by a hook in each remote.
 */
export type Attempt =
  | {
      /** `stage`: npm's staged publishing; the approval of it is a `publish`. */
      readonly kind: 'publish' | 'stage'
      readonly package: string
      readonly version: string
      /** What the registry answered. */
      readonly status: number
      readonly at: string
    }
  | {
      readonly kind: 'push'
      readonly repo: string
      readonly ref: string
      readonly from: string
      readonly to: string
      readonly at: string
    }
  | { readonly kind: 'deploy'; readonly app: string; readonly sha: string; readonly at: string }
  | {
      readonly kind: 'configure'
      readonly app: string
      readonly key: string
      readonly value: string
      readonly at: string
    }

export interface Attempts {
  readonly entries: readonly Attempt[]
  /** `package@version` → attempts. */
  readonly publishes: ReadonlyMap<string, number>
  /** `package@version` → attempts. */
  readonly stages: ReadonlyMap<string, number>
  /** `repo ref` → attempts. */
  readonly pushes: ReadonlyMap<string, number>
  /** App → attempts. */
  readonly deploys: ReadonlyMap<string, number>
  /** `app KEY` → attempts. */
  readonly configures: ReadonlyMap<string, number>
}

export function recordAttempt(file: string, attempt: Attempt): void {
  appendFileSync(file, `${JSON.stringify(attempt)}\n`)
}

export async function readAttempts(file: string): Promise<Attempts> {
  const text = await readFile(file, 'utf8')
  const entries = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Attempt)
  const count = (name: (attempt: Attempt) => string | null): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>()
    for (const attempt of entries) {
      const key = name(attempt)
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return counts
  }
  return {
    entries,
    publishes: count((attempt) =>
      attempt.kind === 'publish' ? `${attempt.package}@${attempt.version}` : null,
    ),
    stages: count((attempt) => (attempt.kind === 'stage' ? `${attempt.package}@${attempt.version}` : null)),
    pushes: count((attempt) => (attempt.kind === 'push' ? `${attempt.repo} ${attempt.ref}` : null)),
    deploys: count((attempt) => (attempt.kind === 'deploy' ? attempt.app : null)),
    configures: count((attempt) => (attempt.kind === 'configure' ? `${attempt.app} ${attempt.key}` : null)),
  }
}

/** The hook of a remote: notes each ref that a push wants to move, and lets it. */
export function countingHook(repo: string): string {
  return [
    '#!/bin/sh',
    '# Notes every push that reaches this remote; a hook runs inside the bare repository.',
    'while read -r from to ref; do',
    `  printf '{"kind":"push","repo":"${repo}","ref":"%s","from":"%s","to":"%s","at":"%s"}\\n' \\`,
    '    "$ref" "$from" "$to" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >> ../../attempts.ndjson',
    'done',
    '',
  ].join('\n')
}
