import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Proving } from '@conduct/conductor'
import { ConductError } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandContext } from '../command.ts'

/** Flags of the commands that can approve: approve, and run and resume with --approve. */
export const signFlags = {
  sign: {
    kind: 'boolean',
    brief:
      'Sign the approval with ssh-keygen, with the key that lanes.yaml lists for you, held by your agent',
  },
  key: {
    kind: 'parsed',
    parse: textValue,
    optional: true,
    placeholder: 'file',
    brief: 'With --sign: the key file to sign with',
  },
} as const

export type SignFlags = { readonly sign: boolean; readonly key?: string }

/** @throws ConductError USAGE */
export function provingOf({ cwd }: CommandContext, { sign, key }: SignFlags): Proving {
  if (!sign && key !== undefined) {
    throw new ConductError('USAGE', '--key goes with --sign', { hint: 'Add --sign, or leave it out.' })
  }
  return sign ? { kind: 'sign', keyFile: key ?? null, cwd } : { kind: 'none' }
}

/**
 * For run and resume, where approving is an extra.
 *
 * @throws ConductError USAGE
 */
export function approveOf(
  context: CommandContext,
  flags: SignFlags & { readonly approve: boolean },
): Proving | false {
  if (!flags.approve && flags.sign) {
    throw new ConductError('USAGE', '--sign goes with --approve', { hint: 'Add --approve, or leave it out.' })
  }
  const proving = provingOf(context, flags)
  return flags.approve && proving
}

const signatureBytesMax = 64 * 1024

/**
 * What was signed elsewhere. ssh-keygen writes `<file>.sig` beside the file it signs: there the statement is looked for.
 *
 * @throws ConductError USAGE
 */
export function readSigned(
  { cwd }: CommandContext,
  files: { readonly signature: string; readonly statement: string | null },
): Proving {
  const { signature } = files
  const statement =
    files.statement ?? (signature.endsWith('.sig') ? signature.slice(0, -'.sig'.length) : null)
  if (statement === null) {
    throw new ConductError('USAGE', `what ${signature} signs is not known`, {
      hint: 'Name the file that was signed: --statement <file>.',
    })
  }
  return {
    kind: 'signed',
    signature: read(resolve(cwd, signature), '--signature'),
    statement: read(resolve(cwd, statement), '--statement'),
  }
}

function read(path: string, flag: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length <= signatureBytesMax) return text
  } catch (cause) {
    throw new ConductError('USAGE', `${flag}: ${path} could not be read`, {
      hint: 'Check the path and your access to it.',
      cause,
    })
  }
  throw new ConductError('USAGE', `${flag}: ${path} is far too long for one`, { hint: 'Check the path.' })
}
