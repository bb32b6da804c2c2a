import { type Asked, type Route, notFound, ok, page } from '../route.ts'
import { type Rule } from '../state.ts'

export const branchRoutes: readonly Route[] = [
  {
    operation: 'get-repo',
    answer({ repository, account }) {
      const right = repository.access.get(account.login)
      return ok({
        id: 1,
        name: repository.name,
        full_name: `${repository.owner}/${repository.name}`,
        default_branch: 'main',
        archived: repository.isArchived,
        permissions: { admin: right === 'admin', push: right !== 'read', pull: true },
        allow_merge_commit: true,
        allow_squash_merge: true,
        allow_rebase_merge: false,
      })
    },
  },
  {
    operation: 'get-branch',
    async answer({ repository, params }) {
      const branch = params['branch'] ?? ''
      const sha = await repository.git.head(branch)
      if (sha === null)
        return { ...notFound, body: { ...(notFound.body as object), message: 'Branch not found' } }
      const protection = repository.protection.get(branch)
      const checks = protection?.checks ?? []
      return ok({
        name: branch,
        commit: { sha },
        protected: protection !== undefined || repository.rules.some((rule) => rule.branch === branch),
        protection: {
          enabled: protection !== undefined,
          required_status_checks: {
            enforcement_level: checks.length === 0 ? 'off' : 'non_admins',
            contexts: checks.map(({ context }) => context),
            checks: checks.map(({ context, appId }) => ({ context, app_id: appId })),
          },
        },
      })
    },
  },
  {
    operation: 'get-protection',
    answer({ repository, params, account }) {
      const protection = repository.protection.get(params['branch'] ?? '')
      // Who is no admin is not even told that there is something to see.
      if (protection === undefined || repository.access.get(account.login) !== 'admin') return notFound
      return ok({
        enforce_admins: { url: 'https://github.example/', enabled: protection.enforceAdmins === true },
        lock_branch: { enabled: protection.isLocked === true },
        ...(protection.checks === undefined
          ? {}
          : {
              required_status_checks: {
                strict: protection.isStrict === true,
                contexts: protection.checks.map(({ context }) => context),
                checks: protection.checks.map(({ context, appId }) => ({ context, app_id: appId })),
              },
            }),
        ...(protection.reviews === undefined
          ? {}
          : { required_pull_request_reviews: { required_approving_review_count: protection.reviews } }),
        ...(protection.restrictedTo === undefined
          ? {}
          : { restrictions: { users: [], teams: [], apps: [] } }),
      })
    },
  },
  {
    operation: 'branch-rules',
    answer: (asked) => ok(page(asked, rulesOf(asked).map(rendered))),
  },
  {
    operation: 'get-ruleset',
    answer({ repository, params }) {
      const found = repository.rules.find(({ rulesetId }) => String(rulesetId) === params['ruleset_id'])
      if (found === undefined) return notFound
      return ok({
        id: found.rulesetId,
        name: 'main',
        source: `${repository.owner}/${repository.name}`,
        enforcement: 'active',
        current_user_can_bypass: found.bypass,
      })
    },
  },
  {
    operation: 'commits',
    async answer(asked) {
      const commits = await asked.repository.git.log(asked.query.get('sha') ?? 'main', 100)
      return ok(page(asked, commits).map(({ sha, message }) => ({ sha, commit: { message } })))
    },
  },
]

function rulesOf({ repository, params }: Asked): readonly Rule[] {
  return repository.rules.filter(({ branch }) => branch === params['branch'])
}

function rendered({ type, parameters, rulesetId }: Rule): object {
  return {
    type,
    ...(parameters === undefined ? {} : { parameters }),
    ruleset_source_type: 'Repository',
    ruleset_source: 'acme/shop',
    ruleset_id: rulesetId,
  }
}
