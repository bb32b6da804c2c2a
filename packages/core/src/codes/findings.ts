/** Codes of findings about lanes.yaml; `conduct explain <CODE>` prints them. Exit 2 when one is an error. */
export interface FindingCodeEntry {
  readonly meaning: string
  readonly remedy: string
  readonly severity: 'error' | 'warning'
}

/** The text itself: what stands in the file before anybody asks what it means. */
const textCodes = {
  YAML_SYNTAX: {
    meaning: 'The file is not valid YAML.',
    remedy: 'Correct the syntax at the place shown.',
    severity: 'error',
  },
  YAML_DUPLICATE_KEY: {
    meaning: 'One mapping has the same key twice; YAML readers silently keep one of them.',
    remedy: 'Keep one of the two, or rename one.',
    severity: 'error',
  },
  YAML_ALIAS: {
    meaning:
      'An alias cannot be followed: it points into itself, or aliases multiply beyond any useful size.',
    remedy: 'Write the value out instead of repeating it by alias.',
    severity: 'error',
  },
  FILE_EMPTY: {
    meaning: 'The file declares nothing.',
    remedy: 'Start from the smallest useful file; conduct init writes one from your repositories.',
    severity: 'error',
  },
} as const satisfies Record<string, FindingCodeEntry>

/** Shape: keys, types and single values. */
const shapeCodes = {
  KEY_UNKNOWN: {
    meaning: 'A key that lanes.yaml does not have; ignoring it would hide a typing mistake.',
    remedy: 'Use one of the known keys, or remove it.',
    severity: 'error',
  },
  KEY_MISSING: {
    meaning: 'A mapping lacks a key that it cannot do without.',
    remedy: 'Add the key.',
    severity: 'error',
  },
  KEY_CONFLICT: {
    meaning: 'Two keys that exclude each other stand side by side, so one of them could never take effect.',
    remedy: 'Keep the one you mean.',
    severity: 'error',
  },
  VALUE_TYPE: {
    meaning: 'A value has the wrong type, as in a list where a text is expected.',
    remedy: 'Write the value in the form that is named.',
    severity: 'error',
  },
  VALUE_UNKNOWN: {
    meaning: 'A value is not one of those allowed at this place.',
    remedy: 'Use one of the allowed values.',
    severity: 'error',
  },
  VALUE_FORM: {
    meaning: 'A text does not have the form that this place needs.',
    remedy: 'Write it in the form that is named.',
    severity: 'error',
  },
  VALUE_RANGE: {
    meaning: 'A number, or the length of a list or text, is out of range.',
    remedy: 'Use a value within the range that is named.',
    severity: 'error',
  },
  NAME_INVALID: {
    meaning: 'A name holds characters that names in lanes.yaml cannot have.',
    remedy: 'Use letters, digits, ".", "_" and "-", starting with a letter or a digit.',
    severity: 'error',
  },
  DURATION_INVALID: {
    meaning: 'A duration has no unit, or a unit that is not known.',
    remedy: 'Write a number and a unit, as in 90s, 15m, 4h or 2d.',
    severity: 'error',
  },
  COMMAND_INVALID: {
    meaning: 'A command cannot be split into words, or needs a shell that it does not get.',
    remedy: 'Close the quotes, or write { shell: "…" } where a shell is really needed.',
    severity: 'error',
  },
  STORE_INVALID: {
    meaning: 'The store is not one that conduct knows, or its address is incomplete.',
    remedy:
      'Use sqlite, sqlite:/absolute/path, postgres://…, s3://bucket/prefix, git+ssh://…, git+https://…, git+http://… or git+file:///….',
    severity: 'error',
  },
  SECRET_LITERAL: {
    meaning:
      'Something that looks like a secret stands in the file; everybody who can read the repository has it.',
    remedy: 'Remove it, change the secret, and pass it by the environment: name the variable under env.',
    severity: 'error',
  },
} as const satisfies Record<string, FindingCodeEntry>

/** References between the parts of the file. */
const referenceCodes = {
  LANE_UNKNOWN_REPO: {
    meaning: 'Something names a repo that is not declared under repos.',
    remedy: 'Correct the name, or declare the repo.',
    severity: 'error',
  },
  LANE_UNKNOWN_LANE: {
    meaning: 'A train names a lane that is not declared under lanes.',
    remedy: 'Correct the name, or declare the lane.',
    severity: 'error',
  },
  LANE_UNKNOWN_PERSON: {
    meaning: 'Something names a person who is not declared under people.',
    remedy: 'Correct the name, or declare the person.',
    severity: 'error',
  },
  LANE_UNKNOWN_PROJECT: {
    meaning: 'A lane is held per project, but no project is declared.',
    remedy: 'Declare the projects, or remove the empty list: without it there is one, named like the estate.',
    severity: 'error',
  },
  LANE_UNKNOWN_CONSUMER: {
    meaning: 'A consumer is ordered after a repo that is no consumer of the train.',
    remedy: 'Correct the name, or add the repo to the consumers.',
    severity: 'error',
  },
  LANE_NOT_INFERRED: {
    meaning:
      'A train names no lane, and there is not exactly one lane that carries publish, adopt or deploy.',
    remedy: 'Add lane: to the train, or give one lane these actions (use: release_train does).',
    severity: 'error',
  },
} as const satisfies Record<string, FindingCodeEntry>

/** What a lane says about time, people and its own right to exist. */
const laneCodes = {
  LEASE_TIMES: {
    meaning:
      'The times of a lease leave no room: renew × 3 + margin must be below ttl, and margin at least ttl ÷ 20.',
    remedy: 'Change the first value shown so that both rules hold.',
    severity: 'error',
  },
  LEASE_RENEW_GIT: {
    meaning:
      'A store in a git repository is renewed by pushes; more than one a minute is a burden on its host.',
    remedy: 'Set lease.renew to 60s or more, and ttl to match.',
    severity: 'warning',
  },
  ORDER_EAGER_SETS: {
    meaning: 'With order: eager, a claim for many repos can be passed for ever by claims for few.',
    remedy: 'Use order: strict, or { bounded: 4 } to limit how often a claim is passed.',
    severity: 'warning',
  },
  STORE_POLICY_OPEN: {
    meaning: 'A lane with irreversible actions would let work proceed while nobody can say who holds it.',
    remedy: 'Remove store_policy: open, or the irreversible actions.',
    severity: 'error',
  },
  APPROVER_AGENT: {
    meaning: 'An agent is listed as an approver; an agent may hold, queue and request, but never approves.',
    remedy: 'Name a person.',
    severity: 'error',
  },
  APPROVER_NONE: {
    meaning: 'The lane carries irreversible actions that need an approval, and nobody may give it.',
    remedy: 'Name a captain who is a person, or approval.by, or write approval: none if you mean it.',
    severity: 'error',
  },
  APPROVER_WITHOUT_KEY: {
    meaning: 'Approvals must be signed, and an approver has no usable signing key.',
    remedy: 'Add the public key as signing_key to the person, or take signed: true away.',
    severity: 'error',
  },
  APPROVER_KEY_SHARED: {
    meaning: 'Approvals must be signed, and two approvers have one key: a signature cannot tell who gave it.',
    remedy: 'Give each approver a key of their own.',
    severity: 'error',
  },
  APPROVER_WITHOUT_LOGIN: {
    meaning: 'Approvals are given at the forge, and an approver has no login there.',
    remedy: 'Add forge with the login to the person, or name another approver.',
    severity: 'error',
  },
  APPROVER_LOGIN_SHARED: {
    meaning: 'Approvals are given at the forge, and two approvers have one login there.',
    remedy: 'Give each approver the login of their own.',
    severity: 'error',
  },
  APPROVAL_CONTRADICTION: {
    meaning: 'A lane asks for two kinds of proof that cannot come together.',
    remedy: 'Take signed: true away, or via: forge.',
    severity: 'error',
  },
  APPROVER_SOLE_HOLDER: {
    meaning:
      'The only approver may also hold the lane: their own runs are approved by nobody, or only by themselves.',
    remedy: 'Name a second approver, or leave the approver out of holders.',
    severity: 'warning',
  },
  JUSTIFICATION_MISSING: {
    meaning:
      'A lane makes people wait, so it says why it exists: two incidents, or work that cannot be undone.',
    remedy: 'Add justification with two incidents or irreversible: true, signed_off_by a captain.',
    severity: 'error',
  },
  JUSTIFICATION_INSUFFICIENT: {
    meaning: 'The justification names fewer than two different incidents and claims nothing irreversible.',
    remedy: 'Add the second incident, or irreversible: true if that is so; until then make it a candidate.',
    severity: 'error',
  },
  SIGN_OFF_NOT_CAPTAIN: {
    meaning: 'A lane is signed off by somebody who is no captain of it.',
    remedy: 'Let a captain sign it off, or make that person a captain.',
    severity: 'error',
  },
  CANDIDATE_BITTEN_TWICE: {
    meaning: 'A candidate has two or more incidents: that justifies a lane.',
    remedy: 'Move it to lanes, with these incidents as justification and a captain who signs it off.',
    severity: 'warning',
  },
} as const satisfies Record<string, FindingCodeEntry>

/** Triggers: what needs a lane. */
const triggerCodes = {
  GLOB_INVALID: {
    meaning: 'A path pattern cannot be read.',
    remedy: 'Use *, **, ?, [abc] and {a,b}; a leading ! takes paths out.',
    severity: 'error',
  },
  TRIGGER_NEVER_MATCHES: {
    meaning: 'No change can ever match this trigger, so the lane would silently not be asked for.',
    remedy:
      'Write paths from the top of the repository, without a leading "/"; check what the ! patterns take out.',
    severity: 'error',
  },
  TRIGGER_SHADOWED: {
    meaning:
      'Whatever matches this trigger also matches the trigger of another lane: both lanes would be needed.',
    remedy: 'Leave it to one of the two lanes.',
    severity: 'warning',
  },
  PATH_CLAIMED_TWICE: {
    meaning: 'Two lanes claim the same path in the same repo, so that one change would need both.',
    remedy: 'Narrow one of the two patterns, or limit the lanes to different repos.',
    severity: 'error',
  },
} as const satisfies Record<string, FindingCodeEntry>

/** Trains: who publishes, who adopts, in which order. */
const trainCodes = {
  AFTER_CYCLE: {
    meaning: 'The order of the consumers runs in a circle, so none of them could ever be first.',
    remedy: 'Remove one of the after entries in the cycle.',
    severity: 'error',
  },
  CONSUMER_IS_PRODUCER: {
    meaning:
      'A consumer is also the producer: it would adopt its own release, and move its own main for ever.',
    remedy: 'Write adopt: none to only deploy it, or remove the consumer.',
    severity: 'error',
  },
  CONSUMER_TWICE: {
    meaning: 'A repo is listed twice among the consumers of a train.',
    remedy: 'Keep one entry.',
    severity: 'error',
  },
  TEMPLATE_UNKNOWN_VARIABLE: {
    meaning: 'A template names a variable that is not known at this place.',
    remedy: 'Use {sha}, {version}, {previous_sha}, {run} or {repo}; a tag knows only {version}.',
    severity: 'error',
  },
  TAG_WITHOUT_VERSION: {
    meaning: 'A tag that does not hold the version could be made only once.',
    remedy: 'Put {version} into the tag.',
    severity: 'error',
  },
  DEPLOY_WITHOUT_PREVIOUS: {
    meaning:
      'Without previous nobody can see what runs now: no expected state, no way back, and after a crash the deploy is unknown.',
    remedy: 'Add previous: a command that prints the commit that runs now, and nothing when nothing does.',
    severity: 'warning',
  },
  ROLLBACK_MISSING: {
    meaning: 'A failed verification should roll back by itself, but there is no way back.',
    remedy: 'Add rollback (and previous, which tells where to), or use on_failed_verify: offer.',
    severity: 'error',
  },
} as const satisfies Record<string, FindingCodeEntry>

export const findingCodes = {
  ...textCodes,
  ...shapeCodes,
  ...referenceCodes,
  ...laneCodes,
  ...triggerCodes,
  ...trainCodes,
} as const satisfies Record<string, FindingCodeEntry>
