import type { LaneConfig } from '@conduct/config'
import { caughtText, compareNeeds } from '../history.ts'
import type { Sides } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import type { Revision } from '../revision.ts'
import type { Evidence } from '../evidence.ts'
import { isSame, named } from '../words.ts'

/** A lane makes people wait: what will, and whether it was decided as such a thing has to be. */
export function reviewAdded(
  name: string,
  lane: LaneConfig,
  { before, after, evidence }: Omit<Sides, 'before'> & { readonly before: Revision | null },
  out: Reporter,
): void {
  const base = before?.config ?? { ...after.config, lanes: new Map() }
  const caught = compareNeeds({
    from: { config: after.config, lane: name },
    to: { config: base, lane: null },
    evidence,
  })
  const sees = lane.triggers.paths.length === 0 ? '' : `: ${caughtText(caught)}`
  const candidate = coveredCandidate(name, lane, before)
  out.report('LANE_ADDED', {
    severity: 'info',
    message: `lane "${name}" is new, ${reasonText(lane)}, and makes ${whoWaits(lane)} wait${sees}`,
    at: ['lanes', name],
    details: [
      ...(candidate === null
        ? []
        : [
            `It was the candidate "${candidate.name}", with ${candidate.incidents === 1 ? '1 incident' : `${candidate.incidents} incidents`}`,
          ]),
      ...caught.gaps,
    ],
    files: caught.files,
  })
  if (candidate !== null) out.explain(['candidates', candidate.name])
  reviewReason(name, lane, out)
  reviewSignOff({ name, lane, evidence, severity: 'danger' }, out)
}

function reasonText({ justification, use }: LaneConfig): string {
  if (justification === null) return use === null ? 'without a justification' : `by the preset ${use}`
  const incidents = new Set(justification.incidents).size
  if (justification.irreversible) return 'because its work cannot be undone'
  return `after ${incidents === 1 ? '1 incident' : `${incidents} incidents`}`
}

function whoWaits({ triggers, scope, limit }: LaneConfig): string {
  const { actions, flags, commands, paths } = triggers
  const asked = [...paths, ...commands, ...actions, ...flags]
  const of = asked.length === 0 ? 'whoever takes it' : `all but ${limit === 1 ? 'one' : limit} at`
  const where = {
    global: '',
    repo: ' in each repo',
    repo_set: ' over the same repos',
    project: ' in each project',
  }[scope]
  if (asked.length === 0) return `${of}${where}`
  const shown = asked.slice(0, askedMax)
  return `${of} ${named(shown)}${asked.length > askedMax ? ` and ${asked.length - askedMax} more` : ''}${where}`
}

const askedMax = 3

/** Two different incidents, or work that cannot be undone. */
function reviewReason(name: string, lane: LaneConfig, out: Reporter): void {
  const { justification, use } = lane
  const isEnough =
    justification !== null &&
    (justification.irreversible || new Set(justification.incidents).size >= incidentsMin)
  if (isEnough) return
  out.report('LANE_NOT_JUSTIFIED', {
    severity: justification === null && use !== null ? 'caution' : 'danger',
    message:
      justification === null && use !== null
        ? `lane "${name}" rests on its preset alone: no incident, nobody who signed it off`
        : `lane "${name}" names neither two incidents nor work that cannot be undone`,
    at: ['lanes', name, 'justification'],
  })
}

const incidentsMin = 2

/** `signed_off_by` is a claim; a commit that the captain signed, or their approval at the forge, is what counts. */
export function reviewSignOff(
  options: {
    readonly name: string
    readonly lane: LaneConfig
    readonly evidence: Evidence
    readonly severity: 'danger' | 'caution'
  },
  out: Reporter,
): void {
  const { name, lane, evidence, severity } = options
  if (lane.justification === null) return
  const { signedOffBy } = lane.justification
  const at = ['lanes', name, 'justification', 'signedOffBy']
  const own = evidence.signOffs.filter(({ by }) => by === signedOffBy)
  const proof = lane.captains.includes(signedOffBy)
    ? own.find(({ config }) => isSame(config.lanes.get(name), lane))
    : undefined
  if (proof !== undefined) {
    out.report('LANE_SIGNED_OFF', {
      severity: 'info',
      message: `lane "${name}" is signed off by ${signedOffBy}, by ${proof.proof === 'signed_commit' ? 'the signed commit' : 'the approval at the forge'} ${proof.reference}`,
      at,
    })
    return
  }
  const earlier = own.map(({ reference }) => reference)
  out.report('LANE_NOT_SIGNED_OFF', {
    severity,
    message:
      earlier.length === 0
        ? `lane "${name}" says it is signed off by ${signedOffBy}, and neither a commit signed by them nor their approval at the forge shows it`
        : `lane "${name}" is not what ${signedOffBy} signed off: it was changed since ${earlier.join(', ')}`,
    at,
    details: evidence.signOffProblems,
  })
}

function coveredCandidate(
  name: string,
  lane: LaneConfig,
  before: Revision | null,
): { readonly name: string; readonly incidents: number } | null {
  const found = [...(before?.config.candidates ?? [])].find(
    ([candidate, { paths }]) =>
      candidate === name || (paths.length > 0 && isSame(paths, lane.triggers.paths)),
  )
  return found === undefined ? null : { name: found[0], incidents: found[1].incidents.length }
}
