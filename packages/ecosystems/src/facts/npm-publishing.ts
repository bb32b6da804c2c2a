/**
 * What npm has announced about who may publish how. Facts of others, with the day they were read and where: the one
 * place to change when npm changes its plans.
 */
export const npmPublishingFacts = {
  readOn: '2026-11-21',
  registryHost: 'registry.npmjs.org',
  /** Granular tokens that bypass 2FA lose direct publishing; what they may do after is staging. A target, no date. */
  bypassTokens: {
    directPublishingEnds: '2027-01',
    isTarget: true,
    managementEndedIn: '2026-08',
    stageOnlyTokensSince: '2026-09-18',
    sources: [
      'https://github.com/orgs/community/discussions/201329',
      'https://github.blog/changelog/2026-07-31-restricting-npm-bypass-2fa-granular-access-tokens/',
      'https://github.blog/changelog/2026-09-18-stage-only-npm-tokens-for-safer-automation',
    ],
  },
  /** Classic (also called legacy) tokens do not authenticate any more. */
  classicTokens: {
    revokedOn: '2025-12-09',
    sources: [
      'https://github.blog/changelog/2025-12-09-npm-classic-tokens-revoked-session-based-auth-and-cli-token-management-now-available/',
    ],
  },
  /** What `npm login` leaves behind; tokens of sessions are not listed. */
  sessionTokens: { lastHours: 2 },
} as const

/** `in January 2027, as planned`, or that the day has come. */
export function bypassEndsText(wallMs: number): string {
  const { directPublishingEnds } = npmPublishingFacts.bypassTokens
  const hasCome = new Date(wallMs).toISOString().slice(0, 7) >= directPublishingEnds
  return hasCome
    ? `npm meant to end that in ${directPublishingEnds}`
    : `npm means to end that in ${directPublishingEnds}`
}
