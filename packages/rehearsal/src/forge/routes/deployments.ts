import { type Asked, type Route, mayWrite, notFound, ok, page, refusal, text } from '../route.ts'
import type { DeploymentRecord } from '../state.ts'

export const deploymentRoutes: readonly Route[] = [
  {
    operation: 'deployments',
    answer(asked) {
      const { repository, query } = asked
      const found = repository.deployments.filter(
        (one) =>
          (query.get('sha') ?? one.sha) === one.sha &&
          (query.get('environment') ?? one.environment) === one.environment &&
          (query.get('task') ?? one.task) === one.task,
      )
      return ok(page(asked, found.toReversed()).map(deployment))
    },
  },
  {
    operation: 'create-deployment',
    answer(asked) {
      if (!mayWrite(asked)) return notFound
      const { repository, body, state } = asked
      if (body['required_contexts'] === undefined) {
        return refusal(409, 'Conflict: Commit status checks failed for the ref.')
      }
      const record: DeploymentRecord = {
        id: state.nextId(),
        sha: text(body['ref']),
        environment: text(body['environment']),
        task: text(body['task']),
        payload: body['payload'],
        description: text(body['description']),
        states: [],
      }
      repository.deployments.push(record)
      return ok(deployment(record), 201)
    },
  },
  {
    operation: 'deployment-statuses',
    answer(asked) {
      const found = deploymentOf(asked)
      return found === undefined ? notFound : ok(page(asked, found.states.toReversed()))
    },
  },
  {
    operation: 'create-deployment-status',
    answer(asked) {
      const found = deploymentOf(asked)
      if (found === undefined || !mayWrite(asked)) return notFound
      const { body, state } = asked
      const written = {
        id: state.nextId(),
        state: text(body['state']),
        description: text(body['description']),
      }
      found.states.push(written)
      return ok(written, 201)
    },
  },
]

function deploymentOf({ repository, params }: Asked): DeploymentRecord | undefined {
  return repository.deployments.find(({ id }) => String(id) === params['deployment_id'])
}

function deployment({ id, sha, environment, task, payload, description }: DeploymentRecord): object {
  return { id, sha, ref: sha, environment, task, payload, description }
}
