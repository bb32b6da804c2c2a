import { z } from 'zod'
import { expects, mapping } from './expectation.ts'
import { command, commands, duration, flag, httpUrl, names, positive, text } from './values.ts'

const publish = mapping({
  package: text.meta({ description: 'Default: the name in the manifest.' }).optional(),
  ecosystem: text.meta({ description: 'npm or rubygems. Default: told from the manifest.' }).optional(),
  registry: httpUrl.meta({ description: 'Default: as configured in the producer.' }).optional(),
  staged: flag.meta({ description: 'Stage, then publish after approval. Default: false.' }).optional(),
  tag: text
    .meta({ description: 'Tag with {version}. Default: v{version}, or <package>-v{version} for several.' })
    .optional(),
  timeout: duration.meta({ description: 'Default: 10m.' }).optional(),
  command: command
    .meta({
      description:
        'Publishes by a command of yours; needs observe. Without an npm or gem manifest, package is required and the version is that of package.json, else the one line of a file VERSION at the top of the repository. An exit code other than 0 says that nothing was published: then it is run again on resume, once observe has shown nothing for a while (30s, or timeout if that is less). One whose end nobody saw is never run again by itself.',
    })
    .optional(),
  observe: command
    .meta({ description: 'Prints the integrity of the published version, or nothing. It may lag.' })
    .optional(),
})

const adopt = z.union(
  [
    z.literal('none'),
    mapping({
      manager: text
        .meta({ description: 'npm, pnpm, yarn or bundler. Default: told from the lockfile.' })
        .optional(),
      via: z
        .enum(['pull_request', 'push', 'none'])
        .meta({ description: 'Default: pull_request where main is protected, else push.' })
        .optional(),
      within: duration
        .meta({
          description: 'How long checks and the merge of a pull request are waited for. Default: 30m.',
        })
        .optional(),
      command: command.optional(),
      observe: command.optional(),
    }),
  ],
  expects('none, or a mapping with keys such as manager, via'),
)

const configure = mapping({
  name: text,
  action: z.enum(['provider_config', 'env_var']),
  observe: command.meta({ description: 'Prints the present value.' }),
  expect: z
    .array(z.string(expects('a text in quotes')), expects('a list of texts'))
    .meta({ description: 'Values allowed before; anything else stops the run.' }),
  goal: z.string(expects('a text in quotes')),
  apply: command,
  undo: command.meta({ description: 'Without it the change counts as irreversible.' }).optional(),
  secret: flag.meta({ description: 'Only salted hashes are recorded or shown. Default: false.' }).optional(),
})

const templateTexts = z.record(
  z.string(),
  z.string(expects('a text in quotes')),
  expects('a mapping from names to texts'),
)

const verify = mapping({
  url: httpUrl,
  expect: z.union(
    [mapping({ json: templateTexts }), mapping({ text: z.string(expects('a text in quotes')) })],
    expects('{ json: { field: "{sha}" } } or { text: "{sha}" }'),
  ),
  reads: positive('').meta({ description: 'Reads in a row that have to agree. Default: 3.' }).optional(),
  within: duration.meta({ description: 'Default: 10m.' }).optional(),
})

const strategy = z
  .union(
    [
      z.enum(['command', 'none']),
      mapping({ git_push: mapping({ remote: text, branch: text.optional() }) }),
      mapping({ github_workflow: mapping({ file: text, inputs: templateTexts.optional() }) }),
    ],
    expects('command, none, { git_push: … } or { github_workflow: … }'),
  )
  .meta({ description: 'Default: command.' })

const deploy = mapping({
  strategy: strategy.optional(),
  run: command.meta({ description: 'Deploys {sha}.' }).optional(),
  previous: command
    .meta({ description: 'Prints the commit that runs now; nothing means first deploy.' })
    .optional(),
  rollback: command.meta({ description: 'Brings {previous_sha} back.' }).optional(),
  on_failed_verify: z.enum(['offer', 'automatic']).meta({ description: 'Default: offer.' }).optional(),
  after: commands.meta({ description: 'Post-deploy commands; exit code checked.' }).optional(),
  verify: verify.optional(),
  timeout: duration.meta({ description: 'Default: 30m.' }).optional(),
})

const consumer = mapping({
  repo: text,
  after: names.meta({ description: 'Consumers that have to be finished first.' }).optional(),
  adopt: adopt.optional(),
  on_move: z
    .enum(['retry', 'stop'])
    .meta({ description: 'Its main moved meanwhile. Default: retry, at most 3 times.' })
    .optional(),
  configure: z.array(configure, expects('a list of configuration steps')).optional(),
  deploy: deploy.meta({ description: 'Default: { strategy: none }.' }).optional(),
})

export const train = mapping({
  lane: text
    .meta({ description: 'Default: the only lane that carries publish, adopt or deploy.' })
    .optional(),
  accept_unknown: names.meta({ description: 'Preflight rows whose "unknown" is acceptable.' }).optional(),
  producer: mapping({
    repo: text,
    publish: z
      .union(
        [z.array(publish, expects('a list of packages')), mapping({ workflow: text })],
        expects('a list of packages, or { workflow: release.yml }'),
      )
      .meta({ description: 'Default: the publishable packages of the manifests. []: nothing is published.' })
      .optional(),
  }),
  consumers: z.array(consumer, expects('a list of consumers')).optional(),
  on_consumer_failure: z
    .enum(['stop_all', 'stop_new', 'continue'])
    .meta({ description: 'Default: stop_new.' })
    .optional(),
  blocking_label: text
    .meta({ description: 'An open issue or pull request with it stops a run. Default: none.' })
    .optional(),
  forge_release: flag
    .meta({ description: 'A release at the forge after the tag. Default: false.' })
    .optional(),
})
