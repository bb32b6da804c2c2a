/**
 * Exit codes are public API: they never change meaning. Source: the command-line contract.
 */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  preflight: 3,
  notFound: 4,
  approval: 6,
  stoppedPartWay: 7,
  interrupted: 8,
  verification: 9,
  held: 10,
  leaseLost: 11,
  guard: 12,
  expectedState: 13,
  unreachable: 30,
  bug: 70,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The signal that `kill -9` leaves behind, as a shell shows it: 128 + 9. */
export const exitCodeOfKill9 = 137
