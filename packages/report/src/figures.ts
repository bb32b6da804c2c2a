/** The few numbers that people ask for first. */
import { formatDuration, type RunRecord } from '@conduct/core'
import type { Figure, Tone } from './model.ts'

export function figuresOf(record: RunRecord): readonly Figure[] {
  const { plan } = record
  if (plan === null) return []
  const { basis } = plan
  return [
    ...(basis.catchUp || basis.packages.length === 0 ? [] : [published(record, basis.packages.length)]),
    adopted(record),
    ...deployed(record),
    checks(record),
    took(record),
  ]
}

function published({ published: live, state }: RunRecord, planned: number): Figure {
  const names = live.map(({ package: name, version }) => `${name} ${version}`)
  return {
    label: 'published',
    value: `${live.length} of ${planned}`,
    note: names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(', '),
    tone: shareTone(live.length, planned, state),
  }
}

function adopted({ adopted: made, plan, state }: RunRecord): Figure {
  const planned = (plan?.basis.consumers ?? []).filter(({ adopt }) => adopt.via !== 'none').length
  const repos = new Set(made.map(({ repo }) => repo)).size
  return {
    label: 'adopted',
    value: `${repos} of ${planned}`,
    note: 'consumers',
    tone: shareTone(repos, planned, state),
  }
}

function deployed({ deployed: made, plan, state }: RunRecord): readonly Figure[] {
  const planned = (plan?.basis.consumers ?? []).filter(({ deploy }) => deploy.strategy !== 'none').length
  if (planned === 0) return []
  const live = made.filter(({ verified }) => verified !== 'nothing_dispatched')
  const verified = live.filter((one) => one.verified === 'yes').length
  const isBad = live.some((one) => one.verified === 'no')
  return [
    {
      label: 'deployed',
      value: `${live.length} of ${planned}`,
      note: `${verified} verified`,
      tone: isBad ? 'bad' : shareTone(Math.min(live.length, verified), planned, state),
    },
  ]
}

function checks({ plan }: RunRecord): Figure {
  const rows = (plan?.repos ?? []).flatMap(({ preflight }) => preflight)
  const judged = rows.filter(({ verdict }) => verdict !== 'not_applicable')
  const green = judged.filter(({ verdict }) => verdict === 'green').length
  const red = judged.filter(({ verdict }) => verdict === 'red').length
  const notes = [
    ...(red === 0 ? [] : [`${red} red`]),
    ...(judged.length - green - red === 0 ? [] : [`${judged.length - green - red} unknown`]),
  ]
  return {
    label: 'checks green',
    value: `${green} of ${judged.length}`,
    note: notes.length === 0 ? `${rows.length - judged.length} not applicable` : notes.join(', '),
    tone: green === judged.length ? 'good' : 'waiting',
  }
}

function took({ startedAt, endedAt, openings }: RunRecord): Figure {
  const ms = endedAt === null ? Number.NaN : Date.parse(endedAt) - Date.parse(startedAt)
  const resumes = openings.filter(({ kind }) => kind === 'resume').length
  return {
    label: 'took',
    value: Number.isFinite(ms) && ms >= 0 ? formatDuration(ms) : 'not ended',
    note: resumes === 0 ? 'in one go' : `resumed ${resumes === 1 ? 'once' : `${resumes} times`}`,
    tone: 'plain',
  }
}

/** Nothing that is only not done yet is bad. */
function shareTone(done: number, planned: number, state: RunRecord['state']): Tone {
  if (done >= planned) return 'good'
  return state === 'done' ? 'plain' : 'waiting'
}
