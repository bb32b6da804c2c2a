import type { Approval } from '@conduct/core'
import type { EstateStatus, HeldAnswer, RunSummary } from '@conduct/conductor'

/** Beside the run's own fields when its lane was held. */
export function toWireHeld(held: HeldAnswer) {
  return {
    outcome: held.outcome,
    held: {
      lane: held.lane,
      claim: held.claim,
      holder: held.holder,
      position: held.position,
      estimate: held.estimate,
    },
  }
}

export function toWireStatus(status: EstateStatus) {
  return {
    estate: status.estate,
    config_commit: status.configCommit,
    trains: status.trains.map(({ train, packages, consumers }) => ({
      train,
      packages: packages.map(({ name, inManifest, published, unknown }) => ({
        package: name,
        in_manifest: inManifest,
        published,
        unknown,
      })),
      consumers: consumers.map(({ repo, head, locked, deployed, isBehind, unknown }) => ({
        repo,
        head,
        locked,
        deployed,
        behind: isBehind,
        unknown,
      })),
    })),
    lanes: status.lanes,
    runs: status.runs.map(toWireRunSummary),
  }
}

function toWireRunSummary(run: RunSummary) {
  return { run: run.run, train: run.train, state: run.state, started_at: run.startedAt, stop: run.stop }
}

export function toWireApproval(approval: Approval) {
  return {
    plan_hash: approval.planHash,
    verdict: approval.verdict,
    by: approval.by,
    proof: approval.proof,
    at: approval.at,
    expires_at: approval.expiresAt,
    note: approval.note,
  }
}
