import type { LanesConfig } from '@conduct/config'
import { type Sides, standingOf } from './lane-pair.ts'
import type { Reporter } from './reporter.ts'
import { counted, isSame, missingFrom, named } from './words.ts'

/** Where everything lies, which projects there are, what is only counted. */
export function reviewEstate(sides: Sides, out: Reporter): void {
  reviewStore(sides, out)
  reviewProjects(sides, out)
  reviewCandidates(sides, out)
  const [before, after] = [sides.before.config, sides.after.config]
  if (!isSame(before.tasks, after.tasks)) {
    out.report('TASKS_MOVED', {
      severity: 'caution',
      message: `work items are now ${tasksPlace(after)} instead of ${tasksPlace(before)}: those there are not taken along, nor are the lanes that they hold`,
      at: ['tasks'],
    })
  }
}

function tasksPlace({ tasks }: LanesConfig): string {
  return tasks === null ? 'in the store' : `issues of ${tasks.repo}`
}

/** Another store, or another name in it: nothing that is there is seen from then on. */
function reviewStore(sides: Sides, out: Reporter): void {
  const [before, after] = [sides.before.config, sides.after.config]
  const isRenamed = before.estate !== after.estate
  if (before.store === after.store && !isRenamed) return
  const standings = [...before.lanes.keys()].map((lane) => ({ lane, ...standingOf(sides.evidence, lane) }))
  const unknown = standings.filter(({ use }) => use === null)
  const used = standings.filter(({ use, mayBeUsed }) => use !== null && mayBeUsed)
  const holds = used.reduce((sum, { use }) => sum + (use?.holders.length ?? 0), 0)
  const waits = used.reduce((sum, { use }) => sum + (use?.waiting.length ?? 0), 0)
  const who =
    unknown.length > 0
      ? 'who holds something there could not be asked'
      : used.length === 0
        ? 'nobody holds or waits there now'
        : `${counted(holds, 'claim is', 'claims are')} held there and ${counted(waits, 'waits', 'wait')}, and somebody else can be granted the same here`
  const places = isRenamed
    ? `the estate is called "${after.estate}" instead of "${before.estate}", and its keys in the store with it`
    : 'lanes, plans, runs and work items are looked for in another store'
  out.report('STORE_CHANGED', {
    severity: unknown.length > 0 || used.length > 0 ? 'danger' : 'caution',
    message: `${places}: what is in the old place stays there, with all tokens and history; ${who}`,
    at: [isRenamed ? 'estate' : 'store'],
    details: [
      ...new Set([
        ...unknown.flatMap(({ details }) => details),
        ...used.flatMap(({ lane, details }) => details.map((detail) => `${lane}: ${detail}`)),
      ]),
    ],
  })
  out.explain(['store'])
  out.explain(['estate'])
}

function reviewProjects({ before, after, evidence }: Sides, out: Reporter): void {
  const removed = missingFrom(before.config.projects, after.config.projects)
  const added = missingFrom(after.config.projects, before.config.projects)
  const lanes = [...before.config.lanes].filter(([, { scope }]) => scope === 'project')
  if (removed.length > 0 && lanes.length > 0) {
    const users = lanes.flatMap(([lane]) => {
      const { use } = standingOf(evidence, lane)
      return [...(use?.holders ?? []), ...(use?.waiting ?? [])].filter(({ resources }) =>
        resources.some((each) => removed.includes(each)),
      )
    })
    const gaps = lanes.flatMap(([lane]) => {
      const { use, details } = standingOf(evidence, lane)
      return use === null ? details : []
    })
    out.report('PROJECT_REMOVED', {
      severity: users.length > 0 || gaps.length > 0 ? 'danger' : 'caution',
      message: `${named(removed)} ${removed.length === 1 ? 'is no project' : 'are no projects'} any more${users.length > 0 ? `, and ${counted(users.length, 'claim is', 'claims are')} about it` : ''}`,
      at: ['projects'],
      details: [...new Set(gaps)],
    })
  }
  if (added.length > 0 && lanes.length > 0) {
    out.report('PROJECT_ADDED', {
      severity: 'info',
      message: `${named(added)} can be held beside the other projects, by ${named(lanes.map(([lane]) => lane))}`,
      at: ['projects'],
    })
  }
}

function reviewCandidates({ before, after }: Sides, out: Reporter): void {
  for (const [name, { incidents }] of before.config.candidates) {
    if (after.config.candidates.has(name) || out.isExplained(['candidates', name])) continue
    out.report('CANDIDATE_DROPPED', {
      severity: incidents.length > 0 ? 'caution' : 'info',
      message: `conflicts in the candidate "${name}" are no longer counted${incidents.length > 0 ? `, though it has ${counted(incidents.length, 'incident')}` : ''}`,
      at: ['candidates', name],
    })
  }
  for (const [name] of after.config.candidates) {
    if (before.config.candidates.has(name)) continue
    out.report('CANDIDATE_ADDED', {
      severity: 'info',
      message: `conflicts in "${name}" are counted from now on; nobody is stopped by it`,
      at: ['candidates', name],
    })
  }
}
