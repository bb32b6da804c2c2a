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
    meaning: 'The store lies where one-at-a-time cannot be promised, as on a network or FUSE file system.',
    remedy: 'Use a path on a local disk, or a shared store.',
    exit: exitCodes.usage,
  },
} as const satisfies Record<string, CodeEntry>
