import { letCiWork } from '../ci.ts'
import { type Asked, type Route, notFound, ok, page, refusal, text } from '../route.ts'
import { mayWrite } from '../route.ts'
import type { Report, StatusRecord } from '../state.ts'

export const checkRoutes: readonly Route[] = [
  {
    operation: 'check-runs',
    answer(asked) {
      letCiWork(asked.repository, asked.params['ref'] ?? '')
      const runs = asked.repository.reports.filter(({ commit }) => commit === asked.params['ref'])
      const newest = [...new Map(runs.map((run) => [`${run.appId} ${run.name}`, run])).values()]
      return ok({ total_count: newest.length, check_runs: page(asked, newest).map(checkRun) })
    },
  },
  {
    operation: 'combined-status',
    answer(asked) {
      const newest = statusesOf(asked)
      return ok({
        state: combined(newest),
        sha: asked.params['ref'],
        total_count: newest.length,
        statuses: page(asked, newest).map(status),
      })
    },
  },
  {
    operation: 'create-status',
    answer(asked) {
      const { repository, body, params, state } = asked
      if (!mayWrite(asked)) return notFound
      if (text(body['description']).length > 140) {
        return refusal(422, 'Validation Failed', ['description is too long (maximum is 140 characters)'])
      }
      const record: StatusRecord = {
        id: state.nextId(),
        commit: params['sha'] ?? '',
        context: text(body['context']),
        state: text(body['state']),
        description: text(body['description']),
        targetUrl: typeof body['target_url'] === 'string' ? body['target_url'] : null,
      }
      repository.statuses.push(record)
      return ok(status(record), 201)
    },
  },
]

function statusesOf({ repository, params }: Asked): readonly StatusRecord[] {
  const all = repository.statuses.filter(({ commit }) => commit === params['ref'])
  return [...new Map(all.map((one) => [one.context, one])).values()]
}

/** Without any status GitHub says "pending", which is why the combined word alone is no verdict. */
function combined(statuses: readonly StatusRecord[]): string {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure'
  if (statuses.length === 0 || statuses.some(({ state }) => state === 'pending')) return 'pending'
  return 'success'
}

function checkRun({ commit, name, status: said, conclusion, appId }: Report): object {
  return {
    id: appId,
    head_sha: commit,
    name,
    status: said,
    conclusion,
    html_url: null,
    app: { id: appId, slug: 'ci', name: 'CI' },
  }
}

function status({ id, context, state, description, targetUrl }: StatusRecord): object {
  return { id, context, state, description, target_url: targetUrl }
}
