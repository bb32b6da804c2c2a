/** Limits of what happens before anything acts. Everything here is a ceiling, never a target. */

/** Repositories that are fetched or checked at once: more than an estate has, and what a machine can bear. */
export const reposAtOnceMax = 64
/** Preflight rows that are judged at once: they wait for others far more than they compute. */
export const rowsAtOnceMax = 512
/** A row that has not been judged by then is unknown. */
export const rowTimeoutMs = 120_000
/** Bringing a whole repository, or writing out its files; a remote that falls silent is given up long before. */
export const remoteTimeoutMs = 15 * 60_000
/** A remote that has not answered by then is named. */
export const remoteSlowMs = 5000
/** And again. */
export const remoteStillSlowMs = 15_000
/** A process that was killed needs a moment to be gone, and its commands with it: every resume waits so long. */
export const formerEndsMs = 5000
/** One command of `setup`. */
export const setupTimeoutMs = 15 * 60_000
/** One command of `checks`. */
export const checksTimeoutMs = 60 * 60_000
/** Reading what runs at a target now. */
export const previousTimeoutMs = 2 * 60_000
/** Setting, or unsetting, one value of a configure step. */
export const applyTimeoutMs = 5 * 60_000
/** Publishing one package, where lanes.yaml says nothing else. */
export const publishTimeoutMsDefault = 10 * 60_000
/** Setups of consumers beside the producer's checks; more would take the machine from those. */
export const trialsAheadMax = 2
/** Putting packed artifacts into a consumer. */
export const tryPackedTimeoutMs = 15 * 60_000
/** One read of a verification address before the run. */
export const verifyReadTimeoutMs = 10_000
/** Looking at a repository at its forge, for people who only want to see: what is not heard by then is said. */
export const statusAtForgeMs = 15_000
/** A branch untouched for longer is reported, not red. */
export const staleBranchMs = 30 * 24 * 3_600_000
/** Open branches of one repository that are looked into, newest first. */
export const branchesMax = 300
/** Open branches of one repository that are read at once. */
export const branchesAtOnceMax = 8
/** Lines of a failed command's output that a message repeats. */
export const outputTailLines = 20
