import { expect, it } from 'vitest'
import { openForges } from '@conduct/forge'
import { openWorkshop, token } from './workshop.ts'

const none = { kind: 'none' } as const

it('opens a forge once for all its repositories, and says which one each is', async () => {
  await using workshop = await openWorkshop()
  const { github, clock, stop } = workshop
  const ask = openForges({ env: { GH_ENTERPRISE_TOKEN: token }, clock, signal: stop.signal })
  const forge = { kind: 'github', url: github.url } as const

  const shop = await ask({ remote: workshop.shop.url, forge })
  const admin = await ask({ remote: 'file:///srv/acme/admin.git', forge })

  expect(shop?.repository.fullName).toBe('acme/shop')
  expect(admin?.repository.fullName).toBe('acme/admin')
  expect(admin?.forge).toBe(shop?.forge)
  expect(await shop?.repository.readAccess()).toMatchObject({ state: 'present' })
})

it('has nothing to ask for a repo without a forge', async () => {
  await using workshop = await openWorkshop()
  const ask = openForges({ env: {}, clock: workshop.clock, signal: workshop.stop.signal })

  expect(await ask({ remote: 'git@github.com:acme/shop.git', forge: none })).toBeNull()
  expect(await ask({ remote: 'file:///srv/acme/shop.git', forge: null })).toBeNull()
})

it('says what is missing each time it is asked', async () => {
  await using workshop = await openWorkshop()
  const ask = openForges({ env: {}, clock: workshop.clock, signal: workshop.stop.signal })
  const repo = { remote: 'git@github.com:acme/shop.git', forge: null }

  await expect(ask(repo)).rejects.toMatchObject({ code: 'FORGE_CREDENTIALS' })
  await expect(ask(repo)).rejects.toMatchObject({ code: 'FORGE_CREDENTIALS' })
})

it('opens one for each owner where an App may be installed for each by itself', async () => {
  await using workshop = await openWorkshop()
  const { github, clock, stop } = workshop
  const env = { CONDUCT_GITHUB_APP_ID: '7', CONDUCT_GITHUB_APP_PRIVATE_KEY: 'PEM' }
  const ask = openForges({ env, clock, signal: stop.signal })
  const forge = { kind: 'github', url: github.url } as const

  const [shop, admin, other] = await Promise.all(
    ['acme/shop', 'acme/admin', 'else/shop'].map((name) => ask({ remote: `file:///srv/${name}.git`, forge })),
  )

  expect(admin?.forge).toBe(shop?.forge)
  expect(other?.forge).not.toBe(shop?.forge)
})
