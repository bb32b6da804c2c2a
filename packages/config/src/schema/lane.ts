import { z } from 'zod'
import { expects, mapping } from './expectation.ts'
import { command, duration, flag, names, positive, text } from './values.ts'

const actions = ['publish', 'adopt', 'deploy', 'provider_config', 'env_var'] as const
const actionList = z.array(z.enum(actions), expects(`a list of ${actions.join(', ')}`))

const presetNames = ['rails_migrations', 'sql_migrations', 'release_train'] as const

const triggers = mapping({
  paths: z
    .array(text, expects('a list of path patterns'))
    .meta({
      description: 'Path patterns from the top of a repo; * ? ** [abc] {a,b}; a leading ! takes paths out.',
    })
    .optional(),
  flags: names.meta({ description: 'Flags of tasks that need the lane.' }).optional(),
  commands: z
    .array(text, expects('a list of command patterns'))
    .meta({ description: 'Commands, word by word; * stands for any word, at the end for any words.' })
    .optional(),
  actions: actionList.meta({ description: 'Actions of a run that need the lane.' }).optional(),
  repos: names.meta({ description: 'Which repos the paths mean. Default: all.' }).optional(),
})

const approval = z
  .union(
    [
      z.literal('none'),
      mapping({
        actions: actionList.meta({ description: 'Default: every irreversible action.' }).optional(),
        by: names
          .min(1, expects('a list of at least one name'))
          .meta({ description: 'Default: the captains.' })
          .optional(),
        signed: flag.meta({ description: 'Demand an SSH signature. Default: false.' }).optional(),
        via: z.enum(['cli', 'forge']).meta({ description: 'Default: cli.' }).optional(),
        issue: z
          .string(expects('an issue or pull request, as in engine#12'))
          .regex(/^[^\s#]+#[1-9]\d{0,9}$/, expects('a declared repo and a number, as in engine#12'))
          .meta({
            description:
              "With via: forge, the issue or pull request of a declared repo where approvals are given. Default: an issue per plan, opened in the producer's repo.",
          })
          .optional(),
        expires: duration.meta({ description: 'How long an approval is fresh. Default: 24h.' }).optional(),
        requester_may_approve: flag
          .meta({ description: 'Default: only for somebody who is alone in people.' })
          .optional(),
        while_waiting: z
          .enum(['park', 'hold'])
          .meta({ description: 'park hands the lane back while the approval is waited for. Default: park.' })
          .optional(),
      }),
    ],
    expects('none, or a mapping with keys such as actions, by, signed'),
  )
  .meta({ description: 'Default: by a captain, for every irreversible action.' })

export const lane = mapping({
  use: z.enum(presetNames).meta({ description: 'A preset; anything can be overridden.' }).optional(),
  purpose: text.meta({ description: 'Why the lane exists, one sentence.' }).optional(),
  scope: z
    .enum(['global', 'repo', 'repo_set', 'project'])
    .meta({ description: 'What a claim covers. Default: global.' })
    .optional(),
  limit: positive('').meta({ description: 'Slots per resource. Default: 1.' }).optional(),
  order: z
    .union(
      [z.enum(['strict', 'eager']), mapping({ bounded: positive(': how many may pass') })],
      expects('strict, eager or { bounded: 4 }'),
    )
    .meta({ description: 'Who may pass whom in the line. Default: strict.' })
    .optional(),
  when_held: z.enum(['queue', 'skip', 'fail']).meta({ description: 'Default: queue.' }).optional(),
  lease: mapping({
    ttl: duration.meta({ description: 'Length of a lease. Default: 15m.' }).optional(),
    renew: duration.meta({ description: 'Renewal interval. Default: 30s; git stores 60s.' }).optional(),
    margin: duration
      .meta({ description: "The holder's own deadline is ttl − margin. Default: 60s." })
      .optional(),
  })
    .meta({ description: 'renew × 3 + margin must be below ttl, margin at least ttl ÷ 20.' })
    .optional(),
  waiting: mapping({
    ttl: duration.meta({ description: 'A waiter unseen that long is expired. Default: 24h.' }).optional(),
    max: positive('').meta({ description: 'Longest line. Default: 200.' }).optional(),
    accept: duration.meta({ description: 'How long an offered turn stays open. Default: 15m.' }).optional(),
  }).optional(),
  takeover_delay: duration
    .meta({ description: 'Quiet time after a force release. Default: 2 × renew + margin.' })
    .optional(),
  captains: names.meta({ description: 'Who may reorder, pause and force-release.' }).optional(),
  holders: names
    .min(1, expects('a list of at least one name'))
    .meta({ description: 'Who may hold. Default: everybody.' })
    .optional(),
  triggers: triggers.optional(),
  approval: approval.optional(),
  batching: mapping({
    dialect: z
      .enum(['rails', 'postgres', 'mysql', 'prisma', 'drizzle', 'django', 'knex'])
      .meta({
        description: 'How schema changes are written. Required, unless a preset says it.',
      })
      .optional(),
    density_warning: z
      .string(expects('a share, as in 30%'))
      .regex(/^(?:100|\d{1,2}(?:\.\d+)?)%$/, expects('a share between 0% and 100%, as in 30%'))
      .meta({ description: 'Share of tasks with a migration above which to batch. Default: 30%.' })
      .optional(),
    max_changes: positive('').meta({ description: 'Most changes in one turn. Default: 8.' }).optional(),
    risk_per_turn: positive('')
      .meta({
        description:
          'Most risk in one turn: 1 for a brief lock, 2 for a contract step, 3 for a scan of a table of unknown size. Default: 12.',
      })
      .optional(),
    statistics: text
      .meta({
        description:
          'A JSON file of the repo with the rows by table, as in {"orders": 1200000}: what is small, what is large.',
      })
      .optional(),
    verify: command.meta({ description: "The app's own way to run migrations." }).optional(),
  }).optional(),
  justification: mapping({
    incidents: z.array(text, expects('a list of links to incidents')).optional(),
    irreversible: flag.optional(),
    signed_off_by: text.meta({ description: 'A captain.' }),
  })
    .meta({ description: 'Two incidents, or irreversible: true; not needed with use.' })
    .optional(),
  store_policy: z
    .enum(['closed', 'open'])
    .meta({
      description: 'When the store cannot be reached: refuse, or proceed and record it. Default: closed.',
    })
    .optional(),
})
