import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

/** Thrown while schema changes are read and planned. */
export const plannerCodes = {
  BATCH_SOURCE_MISSING: {
    meaning: 'Nothing that was asked for holds schema changes: no branch matches, or a folder is not there.',
    remedy:
      'Name branches with --branch, those of a remote without its name (feature/*), or folders with --folder ticket=folder.',
    exit: exitCodes.usage,
  },
  BATCH_ROWS_INVALID: {
    meaning: 'The file with the sizes of tables is not there, or no JSON object of whole numbers by table.',
    remedy: 'Write it as {"orders": 1200000}.',
    exit: exitCodes.usage,
  },
  STATISTICS_UNREACHABLE: {
    meaning: 'The Postgres that was to say how large its tables are could not be asked.',
    remedy: 'Check its address and that the user may connect, or give the sizes as a file.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  SCHEMA_MERGE_FILES: {
    meaning: 'The files that are to be merged are not named, or cannot be read.',
    remedy: 'Name the base, ours and theirs; or --install, and let git name them.',
    exit: exitCodes.usage,
  },
  SCHEMA_MERGE_REFUSED: {
    meaning:
      'That the merged schema file would have the changes of both sides cannot be shown. Nothing was merged but by git itself.',
    remedy:
      'Look at what the message names in both versions; then merge by hand, or migrate a database by both sides and dump it.',
    exit: exitCodes.preflight,
  },
  BATCH_LANE_MISSING: {
    meaning: 'No lane of lanes.yaml has batching, or more than one has and none was named.',
    remedy: 'Declare batching on the migration lane, or name the lane with --lane.',
    exit: exitCodes.usage,
  },
  BATCH_IN_PROGRESS: {
    meaning: 'You hold the migration lane for another batch: one turn, one batch.',
    remedy: 'Finish that batch, or give the lane back.',
    exit: exitCodes.expectedState,
  },
  TURN_UNKNOWN: {
    meaning: 'The plan has no turn of that name; it is made anew each time, from what the branches are now.',
    remedy: 'conduct batch plan shows the turns.',
    exit: exitCodes.notFound,
  },
  TICKET_UNKNOWN: {
    meaning: 'No ticket of that name changes the schema among what was read.',
    remedy: 'conduct batch plan names the tickets.',
    exit: exitCodes.notFound,
  },
  TICKET_TAKEN: {
    meaning: 'Somebody moved a ticket of the batch since it was planned; nothing of the batch was taken.',
    remedy: 'Plan again: what another batch has is left out.',
    exit: exitCodes.expectedState,
  },
  BATCH_NOT_WRITABLE: {
    meaning:
      'At least one ticket of the turn cannot be written anew, or the turn is not proved; nothing was written.',
    remedy: 'Put right what is listed, or give that ticket a turn by hand.',
    exit: exitCodes.preflight,
  },
  CODE_NOT_LIVE: {
    meaning:
      'The turn takes something away, and what runs now does not have the commit that the batch stands on: the code that uses it may be live. Nothing was written.',
    remedy:
      'Deploy first and write it again; or say why it is right all the same: --override code_live --reason "…".',
    exit: exitCodes.preflight,
  },
  BATCH_BRANCH_TAKEN: {
    meaning:
      'The branch of the batch, here or at the remote, stands at something else than what was to be written.',
    remedy: 'Look at that branch; delete it when it is of no more use.',
    exit: exitCodes.expectedState,
  },
  BATCH_UNKNOWN: {
    meaning: 'The branch is none that batch write made.',
    remedy: 'Name the branch that batch write printed: conduct/batch-….',
    exit: exitCodes.notFound,
  },
  BATCH_NOT_EQUAL: {
    meaning:
      'On scratch databases the batch did not reach what its tickets reach one after another, or one of them did not run.',
    remedy:
      'Look at what is listed; take the ticket that is named out of the batch (git revert of its commit).',
    exit: exitCodes.preflight,
  },
  BATCH_UNVERIFIABLE: {
    meaning:
      'There is no way to try the batch: no scratch Postgres was named, or no command that runs its migrations.',
    remedy: 'Name a server with --server, and the app’s command with batching.verify in lanes.yaml or --run.',
    exit: exitCodes.usage,
  },
  SCRATCH_UNREACHABLE: {
    meaning:
      'The Postgres that a batch was to be tried on did not answer, or stopped answering; nothing is known.',
    remedy: 'Check the address of --server; calling again is safe.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  SCRATCH_REFUSED: {
    meaning: 'The Postgres that a batch was to be tried on does not let this user make a database.',
    remedy: 'Name a server and a user that may: a throwaway one, never production.',
    exit: exitCodes.usage,
  },
  BATCH_PUSH_REFUSED: {
    meaning: 'The remote did not take the branch of the batch; it is in the repository here.',
    remedy: 'Do what the remote says, then push the branch.',
    exit: exitCodes.failed,
  },
  READER_MISSING: {
    meaning: 'The parser of a language that schema changes are written in is not installed.',
    remedy: 'Install the package that the message names beside conduct.',
    exit: exitCodes.usage,
  },
} as const satisfies Readonly<Record<string, CodeEntry>>
