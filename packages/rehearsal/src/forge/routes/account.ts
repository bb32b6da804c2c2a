import { type AppRoute, type Route, ok, refusal } from '../route.ts'

export const accountRoutes: readonly Route[] = [
  {
    operation: 'get-user',
    answer({ account }) {
      if (account.kind !== 'user') return refusal(403, 'Resource not accessible by integration')
      return {
        ...ok({ login: account.login, type: 'User', user_view_type: 'public' }),
        headers: account.scopes === null ? {} : { 'x-oauth-scopes': account.scopes.join(', ') },
      }
    },
  },
]

const tokenLifeS = 3_600

export const appRoutes: readonly AppRoute[] = [
  {
    operation: 'get-app',
    answerApp: ({ app }) => ok({ slug: app.slug, name: app.slug }),
  },
  {
    operation: 'get-installation',
    answerApp({ state, app, params }) {
      const repository = state.repositories.get(`${params['owner']}/${params['repo']}`)
      if (repository?.access.has(`${app.slug}[bot]`) !== true) return refusal(404, 'Not Found')
      return ok({ id: app.installation, app_slug: app.slug })
    },
  },
  {
    operation: 'installation-token',
    answerApp({ state, app, params }) {
      if (params['installation_id'] !== String(app.installation)) return refusal(404, 'Not Found')
      const token = `ghs_${app.slug.replaceAll('-', '')}${state.nextId()}`
      state.accounts.set(token, { login: `${app.slug}[bot]`, kind: 'installation', scopes: null })
      const expires = new Date((state.nowS() + tokenLifeS) * 1_000).toISOString()
      return ok({ token, expires_at: expires.replace('.000Z', 'Z'), permissions: {} }, 201)
    },
  },
]
