import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const conductorCodes = {
  TRAIN_UNKNOWN: {
    meaning: 'lanes.yaml declares no train of that name.',
    remedy: 'Use one of the declared trains.',
    exit: exitCodes.notFound,
  },
  RUN_UNKNOWN: {
    meaning: 'The store holds no run of that name, or several that start with it.',
    remedy: 'List the runs with conduct status.',
    exit: exitCodes.notFound,
  },
  RUN_ENDED: {
    meaning: 'The run has ended: there is nothing left to resume or abort.',
    remedy: 'Start a new run of the train.',
    exit: exitCodes.usage,
  },
  RUN_COMPENSATING: {
    meaning: 'What the run did is being taken back; half of it may be gone, so it cannot go on.',
    remedy: 'Finish the way back with conduct compensate <run> --yes, or end it with conduct abort <run>.',
    exit: exitCodes.usage,
  },
  RUN_NOT_BEGUN: {
    meaning: 'The run has changed nothing outside yet, so there is nothing to take back.',
    remedy: 'End it with conduct abort <run>, or let it go on.',
    exit: exitCodes.usage,
  },
  UNDO_INCOMPLETE: {
    meaning: 'Some of what the run did could not be taken back; each is named with its own reason.',
    remedy: 'Correct each of them or do it by hand, then compensate again: what is undone stays undone.',
    exit: exitCodes.failed,
  },
  RUN_UNFINISHED: {
    meaning: 'An earlier run stopped after something irreversible and nobody has finished it.',
    remedy: 'Resume it, abort it, or acknowledge it with --acknowledge <run>.',
    exit: exitCodes.preflight,
  },
  RUN_RECOMMENDED: {
    meaning: 'Whoever asked may not hold the lane; the run waits as a recommendation.',
    remedy:
      'Somebody who may hold the lane takes it up: conduct resume <run>. Or a captain assigns the lane.',
    exit: exitCodes.approval,
  },
  JOURNAL_TAKEN_OVER: {
    meaning: 'A newer writer has opened the journal of this run; this process may not go on with it.',
    remedy: 'Nothing was started after that; look at the run with conduct status <run>.',
    exit: exitCodes.leaseLost,
  },
  JOURNAL_BROKEN: {
    meaning: 'The journal of the run cannot be read back as it was written.',
    remedy: 'Nothing was changed; the run cannot be resumed from this store.',
    exit: exitCodes.failed,
  },
  EXPECTED_STATE: {
    meaning: 'The world is neither as expected nor at the goal: somebody or something else moved it.',
    remedy: 'Look at what moved; then resume, or resume with --replan for a new plan.',
    exit: exitCodes.expectedState,
  },
  OUTCOME_UNKNOWN: {
    meaning: 'What a step did, or what is true now, could not be read.',
    remedy: 'Find out what is true, then resume: every step is observed again.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  STAGE_APPROVAL_MISSING: {
    meaning: 'What was staged waits at the registry for a maintainer to approve it with their second factor.',
    remedy: 'A maintainer types the command that is printed, or approves in the browser; then resume.',
    exit: exitCodes.approval,
  },
  PUBLISH_WORKFLOW_FAILED: {
    meaning: 'The workflow that publishes ended without success; what it published before is named.',
    remedy: 'Read its log, run it again at the forge, then resume: the run is watched again.',
    exit: exitCodes.failed,
  },
  PUBLISH_WORKFLOW_WAITS: {
    meaning: 'The workflow that publishes has not ended in time: it is queued, runs, or waits for a person.',
    remedy: 'Look at it at the forge; resume goes on watching the same run.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  PROVENANCE_MISMATCH: {
    meaning:
      'What the workflow published is neither what was packed here nor proved to be built from the frozen commit.',
    remedy: 'Find out what it was built from; release another version. It cannot be overridden.',
    exit: exitCodes.preflight,
  },
  STAGE_GONE: {
    meaning:
      'A version that this run staged is neither staged nor live: somebody threw it away, or approved it and the registry does not show it yet.',
    remedy: 'Ask who decided. Approved: resume once it is visible. Thrown away: abort the run.',
    exit: exitCodes.expectedState,
    retryable: true,
  },
  INTEGRITY_MISMATCH: {
    meaning: 'What the registry serves is not what was packed from the frozen commit.',
    remedy: 'Find out who published it; release another version. It cannot be overridden.',
    exit: exitCodes.preflight,
  },
  AWAIT_TIMEOUT: {
    meaning: 'The published version did not become visible to resolvers in time.',
    remedy: 'Resume later: it goes on as soon as the version is visible.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  ADOPT_RACE: {
    meaning: 'The main branch of a consumer moved every time while the adoption was prepared.',
    remedy: 'Resume when the branch is quieter.',
    exit: exitCodes.expectedState,
    retryable: true,
  },
  ADOPT_NOT_PROVED: {
    meaning: 'The lockfile, read back after the update, does not hold the version and integrity it should.',
    remedy: 'Try the same update by hand in a fresh clone of that repository.',
    exit: exitCodes.failed,
  },
  ADOPT_UNRELATED: {
    meaning: 'The targeted update moved something that the adopted packages do not explain.',
    remedy: 'Bring the lockfile of that repository up to date on its own main first, then resume.',
    exit: exitCodes.failed,
  },
  MERGE_WAITING: {
    meaning: 'A pull request of the run still waits for checks, reviews or its merge queue.',
    remedy:
      'Resume when it can be merged, or is: the lane stays with the run, and the same pull request is found.',
    exit: exitCodes.stoppedPartWay,
    retryable: true,
  },
  CHECKS_WAITING: {
    meaning: 'Checks at the forge have not judged an adoption commit in time; it was not deployed.',
    remedy: 'Resume when they have reported.',
    exit: exitCodes.stoppedPartWay,
    retryable: true,
  },
  CHECKS_RED: {
    meaning: 'Checks at the forge failed on the commit of an adoption.',
    remedy: 'Make them pass (run them again, or put right what they found), then resume.',
    exit: exitCodes.failed,
  },
  ADOPT_REFUSED: {
    meaning: 'The remote refused the adoption commit.',
    remedy: 'Allow the push, or adopt by pull request.',
    exit: exitCodes.failed,
  },
  TAG_REFUSED: {
    meaning: 'The remote refused the tag.',
    remedy: 'Allow the tag to be pushed, then resume.',
    exit: exitCodes.failed,
  },
  STEP_COMMAND_FAILED: {
    meaning: 'A declared command of a step ended with a failure.',
    remedy: 'Read its output, correct the cause, then resume.',
    exit: exitCodes.failed,
  },
  DEPLOY_INEFFECTIVE: {
    meaning: 'The deploy command ended well, but the target still runs what it ran before.',
    remedy: 'Look at the target, then resume.',
    exit: exitCodes.failed,
  },
  DEPLOY_FAILED: {
    meaning: 'The workflow that deploys has ended without success.',
    remedy:
      'Read its log, correct the cause, then resume: it is dispatched once more, under an id of its own.',
    exit: exitCodes.failed,
  },
  DEPLOY_REFUSED: {
    meaning: 'The target refused what was to be deployed; nothing was changed there.',
    remedy: 'Read its words, allow the push or correct the target, then resume.',
    exit: exitCodes.failed,
  },
  ROLLBACK_FAILED: {
    meaning: 'What was deployed did not verify, and bringing back what ran before failed, too.',
    remedy: 'Look at the target at once: the message says what runs as far as it could be read.',
    exit: exitCodes.verification,
  },
  VERIFY_FAILED: {
    meaning: 'What runs at the target is not what was deployed.',
    remedy: 'Look at the target; roll back with the command shown, or resume to verify again.',
    exit: exitCodes.verification,
  },
  VERIFY_INCONCLUSIVE: {
    meaning: 'What runs at the target could not be read, or answered differently from read to read.',
    remedy: 'Look at the target, then resume to verify again.',
    exit: exitCodes.verification,
  },
  CONSUMERS_FAILED: {
    meaning: 'Several consumers failed; each is named with its own reason.',
    remedy: 'Correct each of them, then resume.',
    exit: exitCodes.failed,
  },
  APPROVAL_MISSING: {
    meaning: 'The plan needs an approval before anything irreversible.',
    remedy: 'Somebody who may approve types conduct approve <plan>; then resume.',
    exit: exitCodes.approval,
  },
  APPROVAL_REFUSED: {
    meaning: 'Whoever asked may not approve this plan.',
    remedy: 'Ask one of the people who may.',
    exit: exitCodes.approval,
  },
  APPROVAL_DENIED: {
    meaning: 'Somebody who may approve has denied the plan, and a denied plan is never approved any more.',
    remedy: 'Talk to them; then ask anew with resume --replan, or with a new run.',
    exit: exitCodes.approval,
  },
  APPROVAL_EXPIRED: {
    meaning: 'The approval of the plan is older than lanes.yaml allows.',
    remedy: 'Approve the plan again, then resume.',
    exit: exitCodes.approval,
  },
  APPROVAL_UNSIGNED: {
    meaning: 'The lane asks for signed approvals, and this one carries no signature.',
    remedy: 'Approve with --sign, or sign what --print-statement prints and hand it in with --signature.',
    exit: exitCodes.approval,
  },
  SIGNATURE_INVALID: {
    meaning: 'The signature was not made by the approver, or not of exactly this plan, text and purpose.',
    remedy: 'Sign again with the key that lanes.yaml lists for the approver.',
    exit: exitCodes.approval,
  },
  SIGNING_FAILED: {
    meaning: 'ssh-keygen could not sign the approval.',
    remedy: 'Have the key that lanes.yaml lists in your agent (ssh-add), or name its file with --key.',
    exit: exitCodes.approval,
  },
  SSH_KEYGEN_MISSING: {
    meaning: 'There is no usable ssh-keygen, and without it a signature is neither made nor believed.',
    remedy: 'Install OpenSSH 8.2 or newer on this machine.',
    exit: exitCodes.failed,
  },
  APPROVAL_VOID: {
    meaning: 'The plan is no longer what was planned: what changed is named.',
    remedy: 'Resume with --replan for a new plan, which needs a new approval.',
    exit: exitCodes.approval,
  },
  INTERRUPTED: {
    meaning: 'The run was interrupted from outside and stopped between steps.',
    remedy: 'Resume it.',
    exit: exitCodes.interrupted,
  },
} as const satisfies Record<string, CodeEntry>
