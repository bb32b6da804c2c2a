/** RunRecord and Plan → the JSON of the command line: snake case, durations in seconds, times in RFC 3339. */
import {
  type Approval,
  type ApprovalAsked,
  leftStaged,
  type Override,
  type Plan,
  type PlanDiff,
  type RunRecord,
  type StepRecord,
} from '@conduct/core'
import type { EstateInput } from './describe-estate.ts'

export function runToJson(record: RunRecord) {
  return {
    run: record.run,
    train: record.train,
    state: record.state,
    steps: record.steps.map(stepToJson),
    published: record.published.map(({ deprecated, ...one }) => ({
      ...one,
      ...(deprecated === null ? {} : { deprecated }),
    })),
    ...stagedToJson(record),
    adopted: record.adopted.map(
      ({ repo, package: name, from, to, commit, pullRequest, surveyed, reverted }) => ({
        repo,
        package: name,
        from,
        to,
        commit,
        ...(pullRequest === null ? {} : { pull_request: pullRequest }),
        surveyed: [...surveyed],
        ...(reverted === null ? {} : { reverted }),
      }),
    ),
    deployed: record.deployed.map(({ repo, sha, previousSha, target, verified, rollback }) => ({
      repo,
      sha,
      previous_sha: previousSha,
      target,
      verified,
      ...(rollback === null
        ? {}
        : {
            rolled_back: {
              outcome: rollback.outcome,
              running: rollback.running,
              evidence: rollback.evidence,
            },
          }),
    })),
    left_out: [...record.leftOut],
    lane:
      record.lane === null
        ? null
        : {
            name: record.lane.name,
            token: record.lane.token,
            held_s: seconds(record.lane.heldMs),
            waited_s: seconds(record.lane.waitedMs),
            resources: [...record.lane.resources],
            released: record.lane.released,
          },
    approvals: record.approvals.map(approvalToJson),
    approval_asked: record.asked === null ? null : askedToJson(record.asked),
    overrides: record.overrides.map(overrideToJson),
    unknowns: [...record.unknowns],
    next: record.next,
    estate: record.estate,
    plan: record.plan === null ? null : { id: record.plan.id, hash: record.plan.hash },
    plan_id: record.planId,
    started_at: record.startedAt,
    ended_at: record.endedAt,
    irreversible_done: record.irreversibleDone,
    stop: record.stop === null ? null : { ...record.stop },
    config_commit: record.configCommit,
    openings: record.openings.map((opening) => ({ ...opening })),
    forge_requests: record.forgeRequests.map(({ limitPerHour, ...one }) => ({
      ...one,
      limit_per_hour: limitPerHour,
    })),
    undone: record.undone,
  }
}

export function planToJson(plan: Plan) {
  const { basis } = plan
  return {
    id: plan.id,
    hash: plan.hash,
    train: basis.train,
    lane: basis.lane,
    resources: [...plan.resources],
    repos: plan.repos.map(({ repo, commit, preflight }) => ({
      repo,
      commit,
      preflight: preflight.map(({ check, verdict, covered, detail, overridden }) => ({
        check,
        verdict,
        covered,
        detail,
        ...(overridden === undefined ? {} : { overridden }),
      })),
    })),
    steps: plan.steps.map(({ id, phase, kind, repo, action, irreversible, expect, goal, needsApproval }) => ({
      id,
      kind,
      repo,
      action,
      irreversible,
      expect,
      goal,
      needs_approval: needsApproval,
      phase,
    })),
    compensation: plan.compensation.map(({ id, kind, repo, action, possible, undoes, to }) => ({
      id,
      kind,
      repo,
      action,
      possible,
      undoes,
      to,
    })),
    overrides: basis.overrides.map(overrideToJson),
    unknowns: [...plan.unknowns],
    expires_at: plan.expiresAt,
    producer: { ...basis.producer },
    packages: basis.packages.map((one) => ({ ...one })),
    consumers: basis.consumers.map(({ repo, after, adopt, configure, deploy }) => ({
      repo,
      after: [...after],
      adopt: { ...adopt },
      configure: configure.map((step) => ({ ...step })),
      deploy: { ...deploy },
    })),
    catch_up: basis.catchUp,
    left_out: [...basis.leftOut],
    config_commit: basis.configCommit,
    config_hash: basis.configHash,
    requested_by: plan.requestedBy,
    created_at: plan.createdAt,
  }
}

export function planDiffToJson({ against, approvalHolds, changes }: PlanDiff) {
  return {
    against: { id: against.id, hash: against.hash, created_at: against.createdAt },
    approval_holds: approvalHolds,
    changes: changes.map(({ about, subject, from, to, isSigned }) => ({
      about,
      subject,
      from,
      to,
      signed: isSigned,
    })),
  }
}

export function estateToJson(status: EstateInput) {
  return {
    estate: status.estate,
    config_commit: status.configCommit,
    trains: status.trains.map(({ train, producer, unknown: notRead, packages, consumers }) => ({
      train,
      producer,
      unknown: notRead,
      packages: packages.map(({ name, inManifest, published, unknown }) => ({
        name,
        in_manifest: inManifest,
        published,
        unknown,
      })),
      consumers: consumers.map(({ repo, head, locked, deployed, isBehind, unknown }) => ({
        repo,
        head,
        locked: locked.map((one) => ({ ...one })),
        deployed,
        behind: isBehind,
        unknown,
      })),
    })),
    forge: status.forge.map(({ repo, notAsked, checks, pullRequests, blocking, unknown }) => ({
      repo,
      not_asked: notAsked,
      checks: checks === null ? null : { ...checks },
      pull_requests: pullRequests?.map((one) => ({ ...one })) ?? null,
      blocking: blocking?.map((one) => ({ ...one })) ?? null,
      unknown: [...unknown],
    })),
    lanes: status.lanes.map(({ lane, holders, waiting }) => ({ lane, holders: [...holders], waiting })),
    runs: status.runs.map(({ run, train, state, startedAt, stop }) => ({
      run,
      train,
      state,
      started_at: startedAt,
      stop,
    })),
  }
}

/** Absent where nothing is left staged. */
function stagedToJson({ steps }: RunRecord) {
  const staged = leftStaged(steps).map(({ stageId, reject, ...one }) => ({
    ...one,
    stage_id: stageId,
    ...(reject === null ? {} : { reject }),
  }))
  return staged.length === 0 ? {} : { staged }
}

function stepToJson(step: StepRecord) {
  return {
    id: step.id,
    kind: step.kind,
    repo: step.repo,
    state: step.state,
    evidence: step.evidence,
    started_at: step.startedAt,
    ended_at: step.endedAt,
    attempts: step.attempts,
    phase: step.phase,
    action: step.action,
    irreversible: step.irreversible,
    facts: step.facts,
  }
}

export function approvalToJson(approval: Approval) {
  const { by, proof, at, expiresAt, note, verdict, planId, planHash } = approval
  return {
    by,
    proof,
    at,
    verdict,
    expires_at: expiresAt,
    note,
    plan: planId,
    plan_hash: planHash,
    ...(approval.proof === 'ssh' ? { key: approval.key } : {}),
    ...(approval.proof === 'forge' ? { login: approval.login, url: approval.url } : {}),
  }
}

export function askedToJson({ planId, planHash, by, proof, place, until, isHeld }: ApprovalAsked) {
  return { plan: planId, plan_hash: planHash, by: [...by], proof, place, until, held: isHeld }
}

function overrideToJson({ check, repo, reason, by }: Override) {
  return { check, repo, reason, by }
}

/** Milliseconds to seconds, with at most three digits after the point. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000
}
