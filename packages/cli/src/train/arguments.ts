import type { LanesConfig } from '@conduct/config'
import { ConductError, nearest } from '@conduct/core'
import { durationValue, textValue } from '../arguments/values.ts'

/** Arguments that several train commands take. */
export const trainPositional = {
  parse: textValue,
  placeholder: 'train',
  brief: 'Name of the train in lanes.yaml',
} as const

export const runPositional = {
  parse: textValue,
  placeholder: 'run',
  brief: 'Id of the run; the start of it is enough',
} as const

export const planPositional = {
  parse: textValue,
  placeholder: 'plan',
  brief: 'Id of the plan, the start of it, or the run that waits for it',
} as const

export const planFlags = {
  only: {
    kind: 'parsed',
    parse: textValue,
    optional: true,
    variadic: true,
    placeholder: 'repo',
    brief: 'Take only these consumers along; the others are left out by name',
  },
  version: {
    kind: 'parsed',
    parse: textValue,
    optional: true,
    placeholder: 'version',
    brief: 'A catch-up train: publish nothing, those who lag adopt this version',
  },
  override: {
    kind: 'parsed',
    parse: overrideValue,
    optional: true,
    variadic: true,
    placeholder: 'check:repo',
    brief: 'Turn one red preflight row into a recorded override; needs --reason',
  },
  reason: {
    kind: 'parsed',
    parse: textValue,
    optional: true,
    placeholder: 'text',
    brief: 'Why the overrides are right; part of the plan and of the report',
  },
} as const

export type PlanFlags = {
  readonly only?: readonly string[]
  readonly version?: string
  readonly override?: readonly OverrideTarget[]
  readonly reason?: string
}

interface OverrideTarget {
  readonly check: string
  readonly repo: string
}

export const waitFlags = {
  wait: { kind: 'boolean', brief: 'When the lane is held, wait for the turn' },
  waitMax: {
    kind: 'parsed',
    parse: durationValue,
    optional: true,
    placeholder: 'duration',
    brief: 'With --wait: at most this long (15m); the place in line stays. Default: 24h',
  },
} as const

export type WaitFlags = { readonly wait: boolean; readonly waitMax?: number }

const WAIT_MS_MAX_DEFAULT = 24 * 3_600_000

/** @throws ConductError USAGE */
export function waitMsOf({ wait, waitMax }: WaitFlags): number {
  if (waitMax !== undefined && !wait) {
    throw new ConductError('USAGE', '--wait-max goes with --wait', { hint: 'Add --wait, or leave it out.' })
  }
  return wait ? (waitMax ?? WAIT_MS_MAX_DEFAULT) : 0
}

/**
 * The flags of plan and run, held against lanes.yaml before anything is opened.
 *
 * @throws ConductError TRAIN_UNKNOWN, USAGE
 */
export function planOptionsOf(config: LanesConfig, train: string, flags: PlanFlags) {
  const { only, version, override = [], reason } = flags
  if (override.length > 0 && reason === undefined) {
    throw new ConductError('USAGE', '--override needs --reason', { hint: 'Say why: it is part of the plan.' })
  }
  if (override.length === 0 && reason !== undefined) {
    throw new ConductError('USAGE', '--reason goes with --override', {
      hint: 'Leave it out, or name the row.',
    })
  }
  const declared = config.trains.get(train)
  if (declared === undefined) throw unknownTrain(config, train)
  const consumers = declared.consumers.map(({ repo }) => repo)
  requireRepos('--only', only ?? [], consumers)
  requireRepos(
    '--override',
    override.map(({ repo }) => repo),
    [declared.producer.repo, ...consumers],
  )
  return {
    train,
    ...(only === undefined || only.length === 0 ? {} : { only }),
    ...(version === undefined ? {} : { version }),
    ...(reason === undefined ? {} : { overrides: override.map((target) => ({ ...target, reason })) }),
  }
}

function unknownTrain(config: LanesConfig, train: string): ConductError {
  const trains = [...config.trains.keys()]
  const near = nearest(train, trains)
  return new ConductError('TRAIN_UNKNOWN', `lanes.yaml declares no train ${JSON.stringify(train)}`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}Declared trains: ${trains.join(', ') || 'none'}.`,
  })
}

function requireRepos(flag: string, named: readonly string[], possible: readonly string[]): void {
  const unknown = named.filter((repo) => !possible.includes(repo))
  if (unknown.length === 0) return
  throw new ConductError('USAGE', `${flag} names no repo of this train: ${unknown.join(', ')}`, {
    hint: `There are: ${possible.join(', ')}.`,
  })
}

function overrideValue(text: string): OverrideTarget {
  const match = /^([a-z_]+):(\S+)$/.exec(text)
  if (match === null) throw new Error('it must be check:repo, as in checkout:shop')
  return { check: match[1] ?? '', repo: match[2] ?? '' }
}
