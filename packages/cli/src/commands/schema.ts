import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateJsonSchema } from '@conduct/config'
import { ConductError } from '@conduct/core'
import type { CommandRun, CommandSpec } from '../command.ts'
import { findConfig } from '../estate/find-config.ts'

export type Flags = { readonly write: boolean }

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Editors with a YAML language server complete and check lanes.yaml by it. With --write it is put beside lanes.yaml, where its first line can name it:',
    '  # yaml-language-server: $schema=./.conduct/lanes.schema.json',
  ],
  parameters: {
    flags: { write: { kind: 'boolean', brief: 'Write it to .conduct/lanes.schema.json beside lanes.yaml' } },
  },
  examples: [
    ['schema --write', 'put the schema beside lanes.yaml'],
    ['schema > lanes.schema.json', 'or wherever you like'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, { write }) => {
  const schema = generateJsonSchema()
  const text = `${JSON.stringify(schema, null, 2)}\n`
  if (!write) return { exit: 0, data: { schema }, text: () => text }
  const location = findConfig({ flag: context.global.config, cwd: context.cwd })
  if (location.kind !== 'file') {
    throw new ConductError('OUTPUT_UNWRITABLE', `--write: ${location.address} is in another repository`, {
      hint: 'Run it in a checkout of that repository.',
    })
  }
  const path = join(dirname(location.path), '.conduct', 'lanes.schema.json')
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (cause) {
    throw new ConductError('OUTPUT_UNWRITABLE', `${path} cannot be written`, { cause })
  }
  return { exit: 0, data: { written: path }, text: () => `Written: ${path}\n` }
}
