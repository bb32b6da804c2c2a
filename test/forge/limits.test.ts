import { expect, it } from 'vitest'
import { inRepo, openWorkshop, startMs, token } from './workshop.ts'

const repoEndpoint = `GET ${inRepo}`
const createStatus = `POST ${inRepo}/statuses/{sha}`

it('waits as long as it is told to, then goes on: looks and changes', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github, clock } = workshop
  github.misbehave(({ endpoint, nth }) => {
    if (endpoint === repoEndpoint && nth === 1)
      return { fault: 'secondary_limit', status: 403, retryAfterS: 17 }
    return endpoint === createStatus && nth === 1
      ? { fault: 'secondary_limit', status: 429, retryAfterS: 5 }
      : null
  })

  const access = await repository.readAccess()
  await repository.writeCommitStatus({
    commit: await shop.head('main'),
    context: 'conduct',
    state: 'success',
    description: '',
  })

  expect(access.state).toBe('present')
  expect(shop.records.statuses).toHaveLength(1)
  expect(clock.slept).toEqual([17_000, 5_000])
})

it('waits a minute and then longer when it is not told how long', async () => {
  await using workshop = await openWorkshop({ limitWaitMsMax: 10 * 60_000 })
  const { repository, github, clock } = workshop
  github.misbehave(({ nth }) =>
    nth <= 3 ? { fault: 'secondary_limit', status: 403, retryAfterS: null } : null,
  )

  expect((await repository.readAccess()).state).toBe('present')
  expect(clock.slept).toEqual([60_000, 120_000, 240_000])
})

it('waits for the hour to begin again, if that is within its patience', async () => {
  await using workshop = await openWorkshop()
  const { repository, github, clock } = workshop
  github.misbehave(({ nth }) => (nth === 1 ? { fault: 'primary_limit', resetS: startMs / 1_000 + 90 } : null))

  expect((await repository.readAccess()).state).toBe('present')
  expect(clock.slept).toEqual([91_000])
})

it('gives up where the wait is longer than it may take: a look is unknown, a change is FORGE_LIMITED', async () => {
  await using workshop = await openWorkshop({ limitWaitMsMax: 60_000 })
  const { repository, shop, github, clock } = workshop
  const commit = await shop.head('main')
  github.misbehave(() => ({ fault: 'primary_limit', resetS: startMs / 1_000 + 1_800 }))

  const access = await repository.readAccess()
  const writing = repository.writeCommitStatus({
    commit,
    context: 'conduct',
    state: 'success',
    description: '',
  })

  expect(access).toMatchObject({ state: 'unknown', isRetryable: true })
  await expect(writing).rejects.toMatchObject({
    code: 'FORGE_LIMITED',
    retryable: true,
    details: { waitMs: 1_801_000 },
  })
  expect(clock.slept).toEqual([])
})

it('stops asking a forge that limits for ever', async () => {
  await using workshop = await openWorkshop()
  const { repository, github } = workshop
  github.misbehave(() => ({ fault: 'secondary_limit', status: 429, retryAfterS: 1 }))

  expect((await repository.readAccess()).state).toBe('unknown')
  expect(github.calls.get(repoEndpoint)).toBe(7)
})

it('does not take a plain 403 for a limit', async () => {
  await using workshop = await openWorkshop()
  const { repository, github, clock } = workshop
  github.misbehave(() => ({
    fault: 'status',
    status: 403,
    message: 'Resource not accessible by personal access token',
  }))

  expect(await repository.readAccess()).toMatchObject({ state: 'unknown', isRetryable: false })
  expect(github.calls.get(repoEndpoint)).toBe(1)
  expect(clock.slept).toEqual([])
})

it('repeats a look that gets no answer three times, waiting longer each time, and never a change', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github, clock } = workshop
  const commit = await shop.head('main')
  github.misbehave(({ endpoint }) =>
    endpoint === repoEndpoint || endpoint === createStatus ? { fault: 'unanswered', acts: false } : null,
  )

  expect((await repository.readAccess()).state).toBe('unknown')
  await expect(
    repository.writeCommitStatus({ commit, context: 'c', state: 'success', description: '' }),
  ).rejects.toMatchObject({
    code: 'FORGE_UNREACHABLE',
  })
  expect(clock.slept).toEqual([1_000, 2_000, 4_000])
  expect([github.calls.get(repoEndpoint), github.calls.get(createStatus)]).toEqual([4, 1])
})

it('does not wait for ever for an answer', async () => {
  await using workshop = await openWorkshop()
  const { github } = workshop
  const forge = await workshop.openAs({ kind: 'token', token }, { requestMsMax: 200 })
  github.misbehave(({ nth }) => (nth === 1 ? { fault: 'hang' } : null))

  expect((await forge.repository('acme', 'shop').readAccess()).state).toBe('present')
})

it('ends at once, with the reason, when everything is being stopped', async () => {
  await using workshop = await openWorkshop()
  const { github, repository, stop } = workshop
  github.misbehave(() => {
    stop.abort(new Error('the lane was lost'))
    return { fault: 'hang' }
  })

  await expect(repository.readAccess()).rejects.toThrow('the lane was lost')
})

it('sends one change after the other', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const commit = await shop.head('main')
  let open = 0
  let mostAtOnce = 0
  github.misbehave(({ endpoint }) => {
    if (endpoint !== createStatus) return null
    open += 1
    mostAtOnce = Math.max(mostAtOnce, open)
    const until = new Promise<void>((resolve) => {
      setImmediate(() => {
        open -= 1
        resolve()
      })
    })
    return { fault: 'delay', until }
  })

  await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      repository.writeCommitStatus({ commit, context: `c${at}`, state: 'success', description: '' }),
    ),
  )

  expect(shop.records.statuses).toHaveLength(8)
  expect(mostAtOnce).toBe(1)
})

it('counts what it asked, per endpoint', async () => {
  await using workshop = await openWorkshop()
  await workshop.repository.readAccess()
  await workshop.repository.readAccess()

  expect([...workshop.forge.calls]).toEqual([[repoEndpoint, 2]])
  expect(workshop.github.calls.get(repoEndpoint)).toBe(2)
})

it('says no secret in any error, whatever a server answers', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const commit = await shop.head('main')
  github.misbehave(({ method }) =>
    method === 'POST' ? { fault: 'status', status: 422, message: `Bad\u001b[2J ${token}` } : null,
  )

  const error: unknown = await repository
    .writeCommitStatus({ commit, context: 'c', state: 'success', description: '' })
    .catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({
    code: 'FORGE_REFUSED',
    message: expect.stringContaining('Bad [2J ***') as string,
  })
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token)
  expect((error as Error).cause).toBeUndefined()
})

it('counts what was asked for each repository, what was free, and what is granted in an hour', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github, forge } = workshop
  const commit = await shop.head('main')
  const status = { commit, context: 'conduct', state: 'success', description: '' } as const

  await repository.readAccess()
  await repository.readAccess()
  await repository.writeCommitStatus(status)
  await forge.identity()

  const usage = forge.usage()
  const [ofShop] = usage.filter(({ repository: name }) => name === 'acme/shop')
  const sum = (of: 'requests' | 'unchanged') => usage.reduce((so, one) => so + one[of], 0)
  expect(ofShop).toMatchObject({ unchanged: 1, writes: 1 })
  expect(new Set(usage.map(({ repository: name }) => name))).toEqual(new Set(['acme/shop', null]))
  expect(sum('unchanged')).toBe(github.notModified())
  expect(sum('requests') + sum('unchanged')).toBe([...github.calls.values()].reduce((so, one) => so + one, 0))
  expect(forge.limitPerHour()).toBe(5000)
})
