import { invariant } from '@conduct/core'
import { approvalDefaults, batchingDefaults, laneDefaults, presets } from './defaults.ts'
import type { ApprovalRule, LaneConfig } from './lanes-config.ts'
import type { RawLane } from './schema/file.ts'
import { type DecodeContext, decodeCommand, decodeDuration } from './value-wire.ts'

export function decodeLane(own: RawLane, context: DecodeContext): LaneConfig {
  const raw = withPreset(own)
  const lease = decodeLease(raw.lease, context.isGitStore)
  return {
    purpose: raw.purpose ?? laneDefaults.purpose,
    scope: raw.scope ?? laneDefaults.scope,
    limit: raw.limit ?? laneDefaults.limit,
    order: raw.order ?? laneDefaults.order,
    whenHeld: raw.when_held ?? laneDefaults.when_held,
    lease,
    waiting: {
      ttlMs: durationOr(raw.waiting?.ttl, laneDefaults.waitingTtlMs),
      max: raw.waiting?.max ?? laneDefaults.waitingMax,
      acceptMs: durationOr(raw.waiting?.accept, laneDefaults.acceptMs),
    },
    takeoverDelayMs: durationOr(raw.takeover_delay, 2 * lease.renewMs + lease.marginMs),
    captains: raw.captains ?? [],
    holders: raw.holders ?? null,
    triggers: {
      flags: raw.triggers?.flags ?? [],
      paths: raw.triggers?.paths ?? [],
      commands: raw.triggers?.commands ?? [],
      actions: raw.triggers?.actions ?? [],
      repos: raw.triggers?.repos ?? null,
    },
    approval: decodeApproval(raw, context),
    batching: decodeBatching(raw.batching),
    justification:
      raw.justification === undefined
        ? null
        : {
            incidents: raw.justification.incidents ?? [],
            irreversible: raw.justification.irreversible ?? false,
            signedOffBy: raw.justification.signed_off_by,
          },
    use: raw.use ?? null,
    storePolicy: raw.store_policy ?? laneDefaults.store_policy,
  }
}

/** Own keys win; the mappings of times, triggers and batching are filled up key by key. */
function withPreset(own: RawLane): RawLane {
  if (own.use === undefined) return own
  const preset: RawLane = presets[own.use]
  const merged: RawLane = { ...preset, ...own }
  if (preset.lease !== undefined) merged.lease = { ...preset.lease, ...own.lease }
  if (preset.triggers !== undefined) merged.triggers = { ...preset.triggers, ...own.triggers }
  if (preset.batching !== undefined) merged.batching = { ...preset.batching, ...own.batching }
  return merged
}

function decodeLease(raw: RawLane['lease'], isGitStore: boolean): LaneConfig['lease'] {
  return {
    ttlMs: durationOr(raw?.ttl, laneDefaults.ttlMs),
    renewMs: durationOr(raw?.renew, isGitStore ? laneDefaults.renewMsGit : laneDefaults.renewMs),
    marginMs: durationOr(raw?.margin, laneDefaults.marginMs),
  }
}

function decodeApproval(raw: RawLane, context: DecodeContext): ApprovalRule | null {
  if (raw.approval === 'none') return null
  const captains = (raw.captains ?? []).filter((name) => context.people.get(name)?.kind !== 'agent')
  return {
    actions: raw.approval?.actions ?? approvalDefaults.actions,
    by: raw.approval?.by ?? captains,
    signed: raw.approval?.signed ?? approvalDefaults.signed,
    via: raw.approval?.via ?? approvalDefaults.via,
    issue: decodeIssue(raw.approval?.issue),
    expiresMs: durationOr(raw.approval?.expires, approvalDefaults.expiresMs),
    requesterMayApprove: raw.approval?.requester_may_approve ?? context.isAlone,
    whileWaiting: raw.approval?.while_waiting ?? approvalDefaults.while_waiting,
  }
}

function decodeIssue(raw: string | undefined): ApprovalRule['issue'] {
  const [repo = '', number = ''] = raw?.split('#') ?? []
  return raw === undefined ? null : { repo, number: Number(number) }
}

function decodeBatching(raw: RawLane['batching']): LaneConfig['batching'] {
  if (raw === undefined) return null
  invariant(raw.dialect !== undefined, 'batching without dialect passed the check')
  return {
    dialect: raw.dialect,
    densityWarning:
      raw.density_warning === undefined
        ? batchingDefaults.densityWarning
        : Number(raw.density_warning.slice(0, -1)) / 100,
    maxChanges: raw.max_changes ?? batchingDefaults.maxChanges,
    riskPerTurn: raw.risk_per_turn ?? batchingDefaults.riskPerTurn,
    statistics: raw.statistics ?? null,
    verify: raw.verify === undefined ? null : decodeCommand(raw.verify),
  }
}

function durationOr(raw: string | undefined, otherwiseMs: number): number {
  return raw === undefined ? otherwiseMs : decodeDuration(raw)
}
