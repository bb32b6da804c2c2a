import type { ReviewCodeEntry } from './review.ts'

/** A lane comes, goes, and what asks for it. */
const laneCodes = {
  LANE_ADDED: {
    meaning: 'A lane is new: from now on people wait for it.',
    remedy:
      'Look whether it really has to happen one at a time, and whether what asks for it is no more than that.',
  },
  LANE_NOT_JUSTIFIED: {
    meaning: 'A new lane rests neither on two incidents nor on work that cannot be undone.',
    remedy: 'Add the incidents, or make it a candidate until there are two.',
  },
  LANE_SIGNED_OFF: {
    meaning: 'The captain who signs the lane off did so in a way that can be proved.',
    remedy: 'Nothing.',
  },
  LANE_NOT_SIGNED_OFF: {
    meaning:
      'Nothing proves that the captain who is named signed the lane off; their name in the file could be typed by anybody.',
    remedy: 'Let that captain commit it with their signing key, or approve the pull request at the forge.',
  },
  LANE_REMOVED: {
    meaning: 'A lane is gone: whoever holds it or waits for it is no longer kept apart from others.',
    remedy: 'Let its holders finish and its line empty first; what needed it must not need it any more.',
  },
  LANE_RENAMED: {
    meaning: 'A lane has another name, which to the store is another lane.',
    remedy: 'Rename it while nobody holds it or waits, and tell targets that compare tokens.',
  },
  TRIGGER_NARROWED: {
    meaning: 'Less than before asks for the lane: some work that needed it slips by.',
    remedy: 'Look at the files that are listed; keep what still changes shared state.',
  },
  TRIGGER_WIDENED: {
    meaning: 'More than before asks for the lane: some work that needed none waits.',
    remedy: 'Look whether all of what is listed has to happen one at a time.',
  },
} as const satisfies Record<string, ReviewCodeEntry>

/** What the store decides by. */
const definitionCodes = {
  LIMIT_RAISED: {
    meaning: 'More can hold the lane at once.',
    remedy: 'Look whether what it guards is really more than one thing.',
  },
  LIMIT_LOWERED: {
    meaning: 'Fewer can hold the lane at once; those who hold it now stay.',
    remedy: 'Nothing, unless waits get too long.',
  },
  SCOPE_CHANGED: {
    meaning: 'A claim covers other resources: claims of before and after do not keep each other out.',
    remedy: 'Apply it while nobody holds the lane or waits for it.',
  },
  ORDER_CHANGED: {
    meaning: 'The line is served in another order.',
    remedy: 'Look at the waits afterwards: conduct lane stats.',
  },
  WHEN_HELD_CHANGED: {
    meaning: 'Who finds the lane held is answered otherwise.',
    remedy: 'Look whether whoever asks, scripts too, can live with the answer.',
  },
  TTL_LENGTHENED: {
    meaning: 'A lease lasts longer without a renewal.',
    remedy: 'Nothing, unless holders die often.',
  },
  TTL_SHORTENED: {
    meaning: 'A lease lasts less long without a renewal.',
    remedy: 'Keep it above what holders need who have no process that renews.',
  },
  MARGIN_NARROWED: {
    meaning: 'There is less time between the end of work and the end of a lease.',
    remedy: 'Keep the margin above what stopping the work takes.',
  },
  WAITING_CHANGED: {
    meaning: 'The line is longer or shorter, or a place in it lasts otherwise.',
    remedy: 'Look at who waits now.',
  },
  TAKEOVER_HASTENED: {
    meaning: 'After a force release the next holder starts sooner.',
    remedy: 'Keep it above what the old holder needs to notice and stop.',
  },
} as const satisfies Record<string, ReviewCodeEntry>

/** Who may steer, hold and approve, and why the lane is there. */
const authorityCodes = {
  CAPTAIN_ADDED: {
    meaning: 'Somebody may steer the line, and take the lane from its holder.',
    remedy: 'Let the captains of before agree.',
  },
  CAPTAIN_REMOVED: {
    meaning: 'Somebody may no longer steer the line.',
    remedy: 'Keep one captain who can be reached.',
  },
  HOLDERS_WIDENED: {
    meaning: 'More people may hold the lane without being assigned.',
    remedy: 'Look whether they know what it guards.',
  },
  HOLDERS_NARROWED: {
    meaning: 'Fewer people may hold the lane without being assigned.',
    remedy: 'Let those who are in it finish; a captain can assign it to others.',
  },
  APPROVAL_DROPPED: {
    meaning: 'Nothing on the lane needs an approval any more.',
    remedy: 'Keep an approval wherever something cannot be undone.',
  },
  APPROVAL_NARROWED: {
    meaning: 'An action needs no approval any more.',
    remedy: 'Keep an approval wherever something cannot be undone.',
  },
  APPROVAL_REQUIRED: {
    meaning: 'Something needs an approval that needed none.',
    remedy: 'Look whether those who approve can be reached.',
  },
  APPROVAL_WEAKENED: {
    meaning: 'An approval is worth less than before: without its proof, by the asker alone, or for longer.',
    remedy: 'Keep what ties an approval to the person who gave it.',
  },
  APPROVAL_HOLDS: {
    meaning: 'The lane stays held while an approval is waited for.',
    remedy: 'Use while_waiting: park, unless nobody may pass in the meantime.',
  },
  APPROVER_ADDED: {
    meaning: 'Somebody may approve what cannot be undone.',
    remedy: 'Let the approvers of before agree.',
  },
  APPROVER_REMOVED: {
    meaning: 'Somebody may no longer approve.',
    remedy: 'Keep two who can be reached.',
  },
  STORE_POLICY_OPENED: {
    meaning: 'Work goes on when nobody can say who holds the lane.',
    remedy: 'Leave store_policy closed, unless doing it twice at once is harmless.',
  },
  STORE_POLICY_CLOSED: {
    meaning: 'Work is refused while the store cannot be reached.',
    remedy: 'Nothing.',
  },
  JUSTIFICATION_CHANGED: {
    meaning: 'The reason why the lane exists is another.',
    remedy: 'Look whether it still rests on two incidents or on work that cannot be undone.',
  },
  BATCHING_CHANGED: {
    meaning: 'Schema changes share a turn under other rules.',
    remedy: 'Look at the next plan: conduct batch plan.',
  },
} as const satisfies Record<string, ReviewCodeEntry>

/** What `conduct review` says about lanes. */
export const reviewLaneCodes = { ...laneCodes, ...definitionCodes, ...authorityCodes }
