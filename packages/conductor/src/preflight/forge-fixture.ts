import {
  type BranchRules,
  type CommitVerdict,
  type Forge,
  type ForgeIdentity,
  type ForgeRepository,
  present,
  type RepoAccess,
  type RepoAtForge,
} from '@conduct/forge'
import { commitOf, noOutside } from '../survey-fixture.ts'

/** Plain data for tests of what is pure: what a forge would say of one repo. */
export const someRules: BranchRules = {
  isProtected: true,
  push: { allowed: 'yes' },
  pullRequest: { allowed: 'yes' },
  canBypass: null,
  requiredChecks: [],
  requiredReviews: 0,
  needsUpToDateHead: false,
  needsMergeQueue: false,
  mergeMethods: ['merge'],
  unjudged: [],
}

export const someIdentity: ForgeIdentity = {
  login: 'ana-acme',
  kind: 'classic_token',
  isBot: false,
  scopes: ['repo'],
  pullRequestsGetCi: { answer: 'yes', because: 'those of people do' },
}

export const someAccess: RepoAccess = {
  canRead: true,
  canPush: true,
  isAdmin: false,
  isArchived: false,
  defaultBranch: 'main',
}

export const greenVerdict = {
  verdict: 'green',
  commit: commitOf('b'),
  reports: [],
  required: [],
  covered: '2 of 2 checks',
} as const satisfies CommitVerdict

/** Whatever is not given fails loudly when it is asked for. */
export function atForge(repository: Partial<ForgeRepository> = {}): RepoAtForge {
  return {
    forge: {
      host: 'github.com',
      identity: async () => present(someIdentity),
      usage: () => [],
    } as Partial<Forge> as Forge,
    repository: {
      ...(noOutside as unknown as ForgeRepository),
      fullName: 'acme/shop',
      readAccess: async () => present(someAccess),
      ...repository,
    },
  }
}
