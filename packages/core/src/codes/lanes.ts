import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const lanesCodes = {
  STORE_UNREACHABLE: {
    meaning: 'The store did not answer in time: nothing is known about the lane, neither held nor free.',
    remedy: 'Check the store address; calling again is safe.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  STORE_NEWER: {
    meaning: 'The store, or a document in it, was written by a newer conduct; nothing was read into it.',
    remedy: 'Use at least the conduct that wrote it.',
    exit: exitCodes.usage,
  },
  STORE_UNSUPPORTED: {
    meaning: 'This conduct cannot open a store of that address.',
    remedy: 'Correct `store:` in lanes.yaml.',
    exit: exitCodes.usage,
  },
  STORE_DISABLED: {
    meaning:
      'Plain `sqlite` means "no store" in a CI job, where its default place would be empty every time.',
    remedy: 'Declare a shared store in lanes.yaml, or an explicit sqlite:/absolute/path.',
    exit: exitCodes.usage,
  },
  STORE_REFUSED: {
    meaning:
      'The place of the store cannot promise one at a time (a network or FUSE file system), or it does not let us write (a git remote that rejects refs/conduct).',
    remedy: 'Allow what the message names, or use a path on a local disk or a shared store.',
    exit: exitCodes.usage,
  },
  STORE_LIES: {
    meaning:
      'The store failed a probe: it takes conditional writes without keeping their conditions. Nothing was decided on it.',
    remedy: 'Use a service with working conditional writes, or another kind of store; conduct doctor tells.',
    exit: exitCodes.usage,
  },
  STORE_BEHIND: {
    meaning:
      'The store went back: it holds an older state of the lane than was seen before, as after a restored backup. Nothing was decided on it.',
    remedy: 'When the store is what it should be, a captain types: conduct lane recover --reason TEXT.',
    exit: exitCodes.usage,
  },
  STORE_MOVED: {
    meaning: 'The lanes of this estate were moved to another store; in this one nothing is decided any more.',
    remedy: 'Name the new store in lanes.yaml (store:); the message gives its address.',
    exit: exitCodes.usage,
  },
  EXPORT_INVALID: {
    meaning: 'The file is no complete export of an estate, or it was changed after it was written.',
    remedy: 'Export again from the old store: repeating it gives the same content.',
    exit: exitCodes.usage,
  },
  IMPORT_REFUSED: {
    meaning: 'What the file holds does not belong into this store, or would replace what is there.',
    remedy: 'Nothing that was there is changed; read the message for what does not fit.',
    exit: exitCodes.usage,
  },
  LANE_UNKNOWN: {
    meaning: 'No lane of that name is declared in lanes.yaml.',
    remedy: 'conduct lane list shows the declared lanes.',
    exit: exitCodes.notFound,
  },
  LANE_REQUEST: {
    meaning: 'What was asked of the lane does not fit its scope or is no name of a resource.',
    remedy: 'Ask for what the scope of the lane in lanes.yaml covers.',
    exit: exitCodes.usage,
  },
  LANE_ORDER: {
    meaning: 'An earlier lane was asked for while holding a later one, which could lead to a deadlock.',
    remedy: 'Take several lanes in the order of lanes.yaml.',
    exit: exitCodes.usage,
  },
  LANE_DEFINITION: {
    meaning: 'The definition to be applied would make a lane that cannot work.',
    remedy: 'Correct the lane in lanes.yaml; conduct check names the rule.',
    exit: exitCodes.usage,
  },
  LEASE_LOST: {
    meaning: 'The lease lapsed, was taken over or was forced; no effect was started after that.',
    remedy: 'Look at who holds the lane now (conduct lane show), then take it again.',
    exit: exitCodes.leaseLost,
  },
  LEASE_TOO_SHORT: {
    meaning: 'The effect could outlive the lease, and nothing renews it; the effect was not started.',
    remedy: 'Renew the lease first, or work under one that renews itself (conduct exec).',
    exit: exitCodes.leaseLost,
    retryable: true,
  },
  NOT_A_HOLDER: {
    meaning: 'The lane names who may hold it, and this is nobody of them.',
    remedy: 'Ask a captain for: conduct lane assign.',
    exit: exitCodes.approval,
  },
  NOT_CAPTAIN: {
    meaning: 'Only a captain of the lane may do that.',
    remedy: 'Ask a captain, or act as one with --as.',
    exit: exitCodes.approval,
  },
  CLAIM_UNKNOWN: {
    meaning: 'The lane has no such claim, or it is not in the state this needs.',
    remedy: 'conduct lane show names the claims of the lane.',
    exit: exitCodes.notFound,
  },
  TOKEN_STALE: {
    meaning: 'No current claim carries that token: it has moved on, and nothing was released.',
    remedy: 'Read the token again with conduct lane show.',
    exit: exitCodes.expectedState,
  },
  EXEC_NOT_STARTED: {
    meaning: 'The command of `conduct exec` could not be started; nothing ran.',
    remedy: 'Check that the command may be executed and that its folder exists.',
    exit: exitCodes.failed,
  },
  EXEC_SUPERVISOR_LOST: {
    meaning:
      'The supervisor of the command of `conduct exec` was killed; everything of the command was ended.',
    remedy: 'Look at what the command had done, then run it again.',
    exit: exitCodes.failed,
  },
} as const satisfies Record<string, CodeEntry>
