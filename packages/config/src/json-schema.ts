import { z } from 'zod'
import { lanesFile } from './schema/file.ts'

/** The JSON Schema of lanes.yaml for editors, from the same definition that `conduct check` uses. */
export function generateJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(lanesFile, { io: 'input', target: 'draft-07' }),
    title: 'lanes.yaml',
    description: 'What may happen only one at a time, what triggers it, and how a release travels.',
  }
}
