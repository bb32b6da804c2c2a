import type { CommitId } from '@conduct/core'

/** Statuses whose context starts so are notes of runs; they say nothing about a commit. */
export const ownStatusPrefix = 'conduct/'

/** What the run writes for those who look at the forge; neither decides anything. */
export interface WriteCommitStatus {
  readonly commit: CommitId
  readonly context: string
  readonly state: 'pending' | 'success' | 'failure' | 'error'
  readonly description: string
  readonly url?: string
}

export interface RecordDeployment {
  readonly commit: CommitId
  readonly environment: string
  readonly description: string
  /** Unique for this deploy of this run: found again after a crash. */
  readonly conductRun: string
}

export interface Deployment {
  readonly id: number
  readonly commit: CommitId
  readonly environment: string
}

export type DeploymentState = 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'

export interface WriteDeploymentState {
  readonly deployment: number
  readonly state: DeploymentState
  readonly description: string
  readonly logUrl?: string
  readonly environmentUrl?: string
}

export interface BlockingItem {
  readonly number: number
  readonly title: string
  readonly url: string
  readonly kind: 'issue' | 'pull_request'
}
