import { answerGraphql } from './graphql.ts'
import { type Answer, type AppRoute, type Asked, type Route, notFound, ok, refusal } from './route.ts'
import { accountRoutes, appRoutes } from './routes/account.ts'
import { branchRoutes } from './routes/branches.ts'
import { checkRoutes } from './routes/checks.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { issueRoutes } from './routes/issues.ts'
import { pullRoutes } from './routes/pulls.ts'
import { releaseRoutes } from './routes/releases.ts'
import { workflowRoutes } from './routes/workflows.ts'
import { appOf } from './app-signature.ts'
import { openapi } from './shape.ts'
import type { State } from './state.ts'

const routes: readonly (Route | AppRoute)[] = [
  ...accountRoutes,
  ...appRoutes,
  ...branchRoutes,
  ...checkRoutes,
  ...deploymentRoutes,
  ...issueRoutes,
  ...pullRoutes,
  ...releaseRoutes,
  ...workflowRoutes,
]

export interface Found {
  readonly operation: string
  /** As GitHub's documentation writes it. */
  readonly endpoint: string
  readonly act: (request: {
    readonly state: State
    readonly authorization: string
    readonly query: URLSearchParams
    readonly body: Readonly<Record<string, unknown>>
  }) => Promise<Answer>
}

/** Method and path as GitHub documents them, to what answers; null: GitHub has no such endpoint, or the double lacks it. */
export function findRoute(method: string, path: string): Found | null {
  if (path === '/graphql' && method === 'POST') {
    return { operation: 'graphql', endpoint: 'POST /graphql', act: graphql }
  }
  for (const route of routes) {
    const documented = openapi.operations[route.operation]
    if (documented === undefined) throw new Error(`the slice of GitHub's schemas has no ${route.operation}`)
    const params = documented.method === method ? match(documented.path, path) : null
    if (params === null) continue
    return {
      operation: route.operation,
      endpoint: `${method} ${documented.path}`,
      act: async (request) => {
        if ('answerApp' in route) {
          const app = appOf(request.state, request.authorization)
          return app === null ? badCredentials : route.answerApp({ state: request.state, app, params })
        }
        const account = request.state.accounts.get(request.authorization.replace(/^(?:Bearer|token) /i, ''))
        if (account === undefined) return badCredentials
        const repository = request.state.repositories.get(`${params['owner']}/${params['repo']}`)
        if (documented.path.startsWith('/repos/') && repository?.access.has(account.login) !== true)
          return notFound
        return await route.answer({ ...request, account, params, repository } as Asked)
      },
    }
  }
  return null
}

export const operations = routes.map(({ operation }) => operation)

const badCredentials = refusal(401, 'Bad credentials')

const graphql: Found['act'] = async ({ state, authorization, body }) => {
  const account = state.accounts.get(authorization.replace(/^(?:Bearer|token) /i, ''))
  if (account === undefined) return badCredentials
  const { query, variables } = body as {
    readonly query?: string
    readonly variables?: Readonly<Record<string, unknown>>
  }
  if (typeof query !== 'string')
    return ok({ errors: [{ type: 'INVALID', message: 'A query attribute must be specified.' }] })
  return await answerGraphql({ state, account, query, variables: variables ?? {} })
}

function match(documented: string, path: string): Readonly<Record<string, string>> | null {
  const names: string[] = []
  const pattern = documented.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const found = new RegExp(`^${pattern}$`).exec(path)
  if (found === null) return null
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')]))
}
