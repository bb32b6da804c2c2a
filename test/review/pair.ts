import type { Answer, LaneUse, RepoHistory, SignOff } from '@conduct/review'

export interface Pair {
  readonly name: string
  /** Made in both revisions. */
  readonly baseEdits?: readonly Edit[]
  readonly edits: readonly Edit[]
  readonly evidence?: {
    readonly history?: readonly (readonly [string, Answer<RepoHistory>])[]
    readonly lanes?: readonly (readonly [string, Answer<LaneUse>])[]
    readonly signOffs?: readonly (Omit<SignOff, 'config'> & { readonly edits: readonly Edit[] })[]
    readonly signOffProblems?: readonly string[]
  }
  /** Severity, code, place before > place after, sentence; then details and files. */
  readonly says: readonly string[]
}

export type Edit = readonly [from: string, to: string]

export const base = `version: 1
estate: acme
store: sqlite:/srv/a.db
people: { ana: { forge: ana-acme }, carl: { forge: carl }, dora: {}, fleet: { kind: agent } }
repos:
  engine: { remote: "git@x:engine.git", checks: [pnpm test, pnpm lint] }
  shop: { remote: "git@x:shop.git" }
lanes:
  migration:
    use: rails_migrations
    captains: [carl]
  train:
    use: release_train
    captains: [ana]
    holders: [ana, carl]
    approval: { actions: [publish, deploy], by: [ana, carl], via: forge, expires: 2h }
  docs:
    purpose: The site is published by one at a time.
    captains: [ana]
    triggers: { paths: ["docs/**"], flags: [docs] }
    justification: { incidents: ["https://acme.example/1", "https://acme.example/2"], signed_off_by: ana }
candidates:
  seeds: { paths: ["db/seeds/**"], incidents: ["https://acme.example/3", "https://acme.example/4"] }
trains:
  engine:
    lane: train
    blocking_label: release-blocker
    producer: { repo: engine }
    consumers:
      - repo: shop
        adopt: { via: pull_request }
        deploy:
          run: bin/deploy {sha}
          previous: bin/deploy --current
          rollback: bin/deploy {previous_sha}
          verify: { url: "https://shop.example/version", expect: { text: "{sha}" } }
`

const held: LaneUse = {
  holders: [{ holder: 'cli:dora@mill', since: '2026-11-21T09:00:00Z', resources: ['shop'] }],
  waiting: [{ holder: 'agent:fleet-3', since: '2026-11-21T10:00:00Z', resources: ['shop'] }],
  holds: { count: 12, p50Ms: 40 * 60_000, maxMs: 3 * 3_600_000 },
}

export const someoneIn = (lane: string) => [[lane, { outcome: 'known', value: held }]] as const
export const twoIn = (lane: string) =>
  [[lane, { outcome: 'known', value: { ...held, holders: [...held.holders, ...held.holders] } }]] as const
export const unasked = (lane: string) => [[lane, { outcome: 'unknown', reason: 'postgres says no' }]] as const
