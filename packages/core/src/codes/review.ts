import { reviewLaneCodes } from './review-lanes.ts'

/** Codes of what `conduct review` says about a change to lanes.yaml; `conduct explain <CODE>` prints them. */
export interface ReviewCodeEntry {
  readonly meaning: string
  readonly remedy: string
}

/** What is around the lanes. */
const estateCodes = {
  CANDIDATE_ADDED: {
    meaning: 'Conflicts of a kind are counted; nobody is stopped.',
    remedy: 'Nothing.',
  },
  CANDIDATE_DROPPED: {
    meaning: 'Conflicts of a kind are no longer counted.',
    remedy: 'Keep it until it has bitten twice or clearly never will.',
  },
  STORE_CHANGED: {
    meaning:
      'Lanes, plans, runs and work items are looked for in another place, and what is in the old one is not seen.',
    remedy: 'Seal and move it with conduct lane export and conduct lane import, while nobody holds anything.',
  },
  PROJECT_REMOVED: {
    meaning: 'A project is gone, and with it what was held for it.',
    remedy: 'Let its claims end first.',
  },
  PROJECT_ADDED: {
    meaning: 'There is one more project that can be held beside the others.',
    remedy: 'Nothing.',
  },
  TASKS_MOVED: {
    meaning: 'Work items are kept in another place.',
    remedy: 'Finish or move those in the old place first.',
  },
  SIGNING_KEY_CHANGED: {
    meaning: 'Signatures of another key count as those of a person.',
    remedy: 'Ask that person, elsewhere than in the pull request, whether the key is theirs.',
  },
  FORGE_LOGIN_CHANGED: {
    meaning: 'What another login does at the forge counts as done by a person.',
    remedy: 'Ask that person whether the login is theirs.',
  },
  AGENT_BECAME_PERSON: {
    meaning: 'An agent counts as a person, who may approve.',
    remedy: 'Leave it an agent unless a person acts under that name.',
  },
  PERSON_ADDED: {
    meaning: 'Somebody is known by name.',
    remedy: 'Nothing.',
  },
  PERSON_REMOVED: {
    meaning: 'Somebody is no longer known by name.',
    remedy: 'Look whether somebody else does what they did.',
  },
  REPO_REMOVED: {
    meaning: 'A repo does not belong to the estate any more.',
    remedy: 'Finish the runs that are about it first.',
  },
  REPO_MOVED: {
    meaning: 'Trains fetch from and push to another place.',
    remedy: 'Look whether it is the one you mean, and finish runs that are under way first.',
  },
  CHECKS_DROPPED: {
    meaning: 'Something no longer has to pass before a release.',
    remedy: 'Keep it, or have something in its place.',
  },
  VARIABLE_PASSED: {
    meaning: 'Commands of a repo see the value of a variable.',
    remedy: 'Look whether it is a secret that they must not see.',
  },
  FORGE_DROPPED: {
    meaning: 'Verdicts and rules of a forge are no longer asked for.',
    remedy: 'Keep the forge wherever its CI judges what is released.',
  },
} as const satisfies Record<string, ReviewCodeEntry>

/** How a release travels. */
const trainCodes = {
  TRAIN_ADDED: {
    meaning: 'A release travels on a new route.',
    remedy: 'Look at its plan: conduct plan <train>.',
  },
  TRAIN_REMOVED: {
    meaning: 'A train is gone.',
    remedy: 'Finish or abort its runs first.',
  },
  TRAIN_LANE_CHANGED: {
    meaning: 'Runs of a train travel under another lane.',
    remedy: 'Change it while no run of the train is under way.',
  },
  PRODUCER_CHANGED: {
    meaning: 'Something else is published, or otherwise.',
    remedy: 'Look at its plan: conduct plan <train>.',
  },
  UNKNOWN_ACCEPTED: {
    meaning: 'A preflight check that nobody can judge no longer stops a run.',
    remedy: 'Make the check answer instead.',
  },
  BLOCKER_DROPPED: {
    meaning: 'A label no longer stops a run.',
    remedy: 'Tell those who stop releases with it.',
  },
  FAILURE_IGNORED: {
    meaning: 'A failed consumer stops fewer of the others.',
    remedy: 'Keep stop_new unless the consumers have nothing to do with each other.',
  },
  CONSUMER_ADDED: {
    meaning: 'One more repo gets what a train publishes.',
    remedy: 'Look at its plan: conduct plan <train>.',
  },
  CONSUMER_REMOVED: {
    meaning: 'A repo no longer gets what a train publishes.',
    remedy: 'Look who updates it from now on.',
  },
  ADOPTION_DROPPED: {
    meaning: 'A consumer no longer adopts what is published.',
    remedy: 'Look who updates it from now on.',
  },
  ADOPTION_UNREVIEWED: {
    meaning: 'New versions reach a main branch without a pull request.',
    remedy: 'Keep the pull request where people or CI look at it.',
  },
  CONSUMER_ORDER_CHANGED: {
    meaning: 'A consumer no longer waits for another one.',
    remedy: 'Look whether it needs what the other one deploys.',
  },
  CONFIGURE_CHANGED: {
    meaning: 'A step of configuration comes or goes.',
    remedy: 'Look at its plan: conduct plan <train>.',
  },
  UNDO_DROPPED: {
    meaning: 'A change of configuration cannot be taken back any more.',
    remedy: 'Keep an undo, or an approval for it.',
  },
  DEPLOY_DROPPED: {
    meaning: 'A consumer is no longer deployed.',
    remedy: 'Look who deploys it from now on.',
  },
  DEPLOY_CHANGED: {
    meaning: 'A consumer is deployed in another way.',
    remedy: 'Rehearse it, and look at the plan: conduct plan <train>.',
  },
  DEPLOY_UNVERIFIED: {
    meaning: 'Nobody looks whether what was deployed runs.',
    remedy: 'Add verify with a URL that tells the version.',
  },
  VERIFY_CHANGED: {
    meaning: 'What a deploy is verified by is another.',
    remedy: 'Look whether it still tells the new version from the old one.',
  },
  WAY_BACK_DROPPED: {
    meaning: 'A deploy can no longer be compared or taken back.',
    remedy: 'Keep previous and rollback.',
  },
  ROLLBACK_OFFERED: {
    meaning: 'A deploy that fails its verification is no longer taken back by itself.',
    remedy: 'Look who is there to take it back.',
  },
  VALUE_CHANGED: {
    meaning: 'Something else differs, with no consequence that is known here.',
    remedy: 'Look at it.',
  },
} as const satisfies Record<string, ReviewCodeEntry>

export const reviewCodes = { ...reviewLaneCodes, ...estateCodes, ...trainCodes } as const satisfies Record<
  string,
  ReviewCodeEntry
>
