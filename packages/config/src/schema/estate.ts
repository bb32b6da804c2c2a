import { z } from 'zod'
import { expects, mapping } from './expectation.ts'
import { command, commands, httpUrl, name, text } from './values.ts'

export const person = mapping({
  kind: z
    .enum(['person', 'agent'])
    .meta({ description: 'An agent may hold, queue and request; it never approves. Default: person.' })
    .optional(),
  signing_key: z
    .string(expects('a public key'))
    .regex(/^(?:ssh-|ecdsa-|sk-)\S+ \S+/, expects('a public SSH key, as in "ssh-ed25519 AAAA… ana@acme"'))
    .meta({ description: 'Public SSH key that signs approvals.' })
    .optional(),
  forge: text.meta({ description: 'Login at the forge.' }).optional(),
})

export const repo = mapping({
  remote: text.meta({ description: 'Address that git fetches from and pushes to.' }),
  path: text
    .meta({ description: 'Local checkout, relative to this file: looked at, never changed.' })
    .optional(),
  main: text.meta({ description: "Default: the remote's default branch." }).optional(),
  forge: z
    .union(
      [z.enum(['github', 'none']), mapping({ github: httpUrl })],
      expects('github, none or { github: https://… }'),
    )
    .meta({ description: 'Default: told from the remote.' })
    .optional(),
  setup: commands.meta({ description: 'Runs first in every private worktree.' }).optional(),
  checks: commands.meta({ description: 'What has to pass.' }).optional(),
  env: z
    .array(
      z
        .string(expects('the name of an environment variable'))
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, expects('the name of an environment variable, without its value')),
      expects('a list of environment variable names'),
    )
    .meta({ description: 'Environment variables passed through to commands, by name; nothing else is.' })
    .optional(),
})

export const candidate = mapping({
  paths: z
    .array(text, expects('a list of path patterns'))
    .meta({ description: 'Counted, never enforced.' })
    .optional(),
  incidents: z
    .array(text, expects('a list of links to incidents'))
    .meta({ description: 'Two justify a lane.' })
    .optional(),
})

export const notify = z
  .union([mapping({ command }), mapping({ url: httpUrl })], expects('{ command: … } or { url: https://… }'))
  .meta({ description: 'Gets each event as JSON; never fails a run.' })

const statesMin = 2

export const tasks = mapping({
  repo: name.meta({ description: 'The repo whose issues, at its forge, are the work items.' }),
  states: z.array(text, expects('a list of labels')).min(statesMin, expects('at least two labels')).meta({
    description:
      'Labels that are states, in their order: work is picked up from the first, and moved to the second. An issue that is closed is done, or failed when it was closed as not planned.',
  }),
}).meta({ description: 'Where work items live, when it is not the store.' })
