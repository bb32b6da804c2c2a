import type { LeaseDeadline } from '@conduct/lanes/engine'

/** What conduct and the supervisor of a command say to each other over their channel. */
export type SupervisorOrder =
  | {
      readonly kind: 'run'
      readonly argv: readonly string[]
      readonly cwd: string
      readonly env: Readonly<Record<string, string>>
      readonly stdout: 'inherit' | 'stderr'
      readonly deadline: LeaseDeadline
    }
  | { readonly kind: 'deadline'; readonly deadline: LeaseDeadline }

export type SupervisorReport =
  | { readonly kind: 'started' }
  | { readonly kind: 'not_started'; readonly code: string; readonly message: string }
  | { readonly kind: 'ended'; readonly exitCode: number | null; readonly signal: string | null }
