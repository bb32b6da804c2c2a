import { describe, expect, it } from 'vitest'
import { inRepo, openWorkshop } from './workshop.ts'

const createRelease = `POST ${inRepo}/releases`
const marker = '<!-- conduct-run: 8f2c forge_release:v4.3.0 -->'

async function openReleased() {
  const workshop = await openWorkshop()
  const commit = await workshop.shop.head('main')
  await workshop.shop.records.git.createTag('v4.3.0', commit)
  const wanted = {
    tag: 'v4.3.0',
    commit,
    title: 'engine 4.3.0',
    body: 'Published.',
    marker,
    isPrerelease: false,
  }
  return { ...workshop, wanted, close: workshop }
}

describe('a release of a tag', () => {
  it('is made once and found again by its tag', async () => {
    const { repository, shop, wanted, github, close } = await openReleased()
    await using _ = close

    const before = await repository.readRelease('v4.3.0')
    const first = await repository.createRelease(wanted)
    const second = await repository.createRelease(wanted)
    const after = await repository.readRelease('v4.3.0')

    expect(before).toEqual({ state: 'absent' })
    expect(first.outcome).toBe('created')
    expect(second).toEqual({ outcome: 'found', release: first.release })
    expect(after).toEqual({ state: 'present', value: first.release })
    expect(first.release).toMatchObject({ tag: 'v4.3.0', title: 'engine 4.3.0', isPrerelease: false })
    expect(first.release.body).toContain(marker)
    expect(github.calls.get(createRelease)).toBe(1)
    expect(shop.records.releases).toHaveLength(1)
  })

  it.each([
    { fault: 'unanswered', acts: true },
    { fault: 'acts_then_status', status: 502 },
    { fault: 'half' },
  ] as const)('is made once although its answer is lost: %o', async (fault) => {
    const { repository, shop, wanted, github, close } = await openReleased()
    await using _ = close
    github.misbehave(({ endpoint }) => (endpoint === createRelease ? fault : null))

    const made = await repository.createRelease(wanted)

    expect(made.release.body).toContain(marker)
    expect(shop.records.releases).toHaveLength(1)
    expect(github.calls.get(createRelease)).toBe(1)
  })

  it('of a tag whose name has a slash and an at sign is found, too', async () => {
    const { repository, shop, wanted, close } = await openReleased()
    await using _ = close
    const tag = 'release/@acme/engine@4.3.0'
    await shop.records.git.createTag(tag, wanted.commit)

    await repository.createRelease({ ...wanted, tag })

    expect(await repository.readRelease(tag)).toMatchObject({ state: 'present', value: { tag } })
  })

  it('that somebody else made meanwhile is theirs, and is left as it is', async () => {
    const { repository, shop, wanted, github, close } = await openReleased()
    await using _ = close
    github.misbehave(({ endpoint }) => {
      if (endpoint === createRelease) shop.addRelease('v4.3.0', { body: 'By a workflow.' })
      return null
    })

    const made = await repository.createRelease(wanted)

    expect(made).toMatchObject({ outcome: 'foreign', release: { body: 'By a workflow.' } })
    expect(shop.records.releases.map(({ body }) => body)).toEqual(['By a workflow.'])
  })

  it('is made beside a draft of the same tag, which stays a draft', async () => {
    const { repository, shop, wanted, close } = await openReleased()
    await using _ = close
    shop.addRelease('v4.3.0', { isDraft: true })

    expect(await repository.readRelease('v4.3.0')).toEqual({ state: 'absent' })
    expect((await repository.createRelease(wanted)).outcome).toBe('created')
    expect(shop.records.releases.map(({ isDraft }) => isDraft)).toEqual([true, false])
  })

  it('can be said something else of; its tag stays', async () => {
    const { repository, shop, wanted, close } = await openReleased()
    await using _ = close
    const { release } = await repository.createRelease(wanted)

    const amended = await repository.amendRelease({
      id: release.id,
      title: 'engine 4.3.0 (withdrawn)',
      body: 'Use 4.2.3.',
      isPrerelease: true,
    })

    expect(amended).toEqual({
      ...release,
      title: 'engine 4.3.0 (withdrawn)',
      body: 'Use 4.2.3.',
      isPrerelease: true,
    })
    expect(await shop.records.git.tag('v4.3.0')).toBe(wanted.commit)
  })

  it('is unknown, not absent, in a repository that is hidden from us, and while the forge is away', async () => {
    const { repository, shop, github, close } = await openReleased()
    await using _ = close
    github.misbehave(() => ({ fault: 'status', status: 503 }))
    expect((await repository.readRelease('v4.3.0')).state).toBe('unknown')

    github.misbehave(null)
    shop.records.access.clear()
    expect((await repository.readRelease('v4.3.0')).state).toBe('unknown')
  })

  it('is refused to those who may not write: FORGE_REFUSED', async () => {
    const { repository, shop, wanted, close } = await openReleased()
    await using _ = close
    shop.records.access.set('ana', 'read')

    await expect(repository.createRelease(wanted)).rejects.toMatchObject({ code: 'FORGE_REFUSED' })
    expect(shop.records.releases).toEqual([])
  })
})
