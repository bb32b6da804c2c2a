/**
 * The one definition of lanes.yaml. From it come the type of the raw file, the JSON Schema for editors, and the
 * findings about shape; wire.ts decodes what it accepts.
 */
import { z } from 'zod'
import { candidate, notify, person, repo, tasks } from './estate.ts'
import { expects, mapping } from './expectation.ts'
import { lane } from './lane.ts'
import { train } from './train.ts'
import { mapOf, name } from './values.ts'

const storePattern =
  /^(?:sqlite|sqlite:\/.+|postgres(?:ql)?:\/\/.+|s3:\/\/[^/?]+.*|git\+(?:ssh|https|http|file):\/\/.+)$/

export const storeExpectation =
  'sqlite, sqlite:/absolute/path, postgres://…, s3://bucket/prefix, git+ssh://…, git+https://…, git+http://… or git+file:///…'

export const lanesFile = mapping({
  version: z.literal(1, expects('the number 1')).meta({ description: 'Version of the format.' }),
  estate: z
    .string(expects('a text'))
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, expects('a name of letters, digits, ".", "_" and "-"'))
    .meta({ description: 'Names the default store and prefixes every key in a shared one.' }),
  store: z
    .string(expects(storeExpectation))
    .regex(storePattern, expects(storeExpectation))
    .meta({ description: 'Where lanes, plans, journals and tasks live. Default: sqlite.' })
    .optional(),
  projects: z
    .array(name, expects('a list of names'))
    .meta({ description: 'For scope: project. Default: one, named like the estate.' })
    .optional(),
  people: mapOf(person, 'people').meta({ description: 'Who captains, approves and holds, by name.' }),
  repos: mapOf(repo, 'repos').meta({
    description: 'The repositories that lanes and trains are about, by name.',
  }),
  lanes: mapOf(lane, 'lanes').meta({
    description:
      'What may happen only one at a time, and what asks for it. Several lanes are taken in this order.',
  }),
  candidates: mapOf(candidate, 'candidates')
    .meta({ description: 'Not lanes yet: counted, never enforced.' })
    .optional(),
  trains: mapOf(train, 'trains')
    .meta({ description: 'How a release travels: its producer, its consumers, their deploys.' })
    .optional(),
  tasks: tasks.optional(),
  notify: notify.optional(),
})

export type RawFile = z.infer<typeof lanesFile>
export type RawLane = z.infer<typeof lane>
export type RawTrain = z.infer<typeof train>
export type RawPerson = z.infer<typeof person>
export type RawRepo = z.infer<typeof repo>
