import { assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeStoreUrl } from './describe-store-url.ts'

describe('the address of a store, as it is shown', () => {
  it.each([
    ['sqlite', 'sqlite'],
    ['sqlite:/var/lib/conduct/state.db', 'sqlite:/var/lib/conduct/state.db'],
    ['postgres://lanes@db.acme.example/conduct', 'postgres://lanes@db.acme.example/conduct'],
    ['postgres://db.acme.example:5432/conduct', 'postgres://db.acme.example:5432/conduct'],
    ['postgres://lanes:hunter2@db:5432/conduct', 'postgres://lanes:***@db:5432/conduct'],
    ['postgres://u:p@h1:5432,h2:5433/conduct', 'postgres://u:***@h1:5432,h2:5433/conduct'],
    ['postgres:///conduct?host=/run/pg&user=u', 'postgres:///conduct?host=/run/pg&user=u'],
    ['postgres://db/conduct?password=hunter2&ssl=1', 'postgres://db/conduct?password=***&ssl=1'],
    ['s3://bucket/prefix?region=eu&endpoint=http://h', 's3://bucket/prefix?region=eu&endpoint=http://h'],
    ['s3://AKIA123:shhh@bucket/prefix', 's3://AKIA123:***@bucket/prefix'],
    ['s3://bucket?secret_access_key=shhh', 's3://bucket?secret_access_key=***'],
    ['git+file:///srv/lanes.git', 'git+file:///srv/lanes.git'],
    ['git+ssh://git@host/lanes.git', 'git+ssh://git@host/lanes.git'],
    ['git+https://tok3n@host/lanes.git', 'git+https://***@host/lanes.git'],
    ['git+https://x:tok3n@host/lanes.git', 'git+https://x:***@host/lanes.git'],
    ['git+https://host/@scope/lanes.git', 'git+https://host/@scope/lanes.git'],
  ])('%s is shown as %s', (url, shown) => {
    expect(describeStoreUrl(url)).toBe(shown)
  })

  it.each([
    ['postgres://u:hunter2/x@db/conduct'],
    ['postgres://u:hunter2#x@db/conduct'],
    ['postgres://u:hunter2?x@db/conduct'],
    ['postgres://u:x@hunter2@db/conduct'],
    ['POSTGRES://u:hunter2@db/conduct'],
    ['host=db user=u password=hunter2'],
    ['u:hunter2@db/conduct'],
  ])('a password that nobody escaped is not shown: %s', (url) => {
    expect(describeStoreUrl(url)).not.toContain('hunter2')
  })

  it('never shows a password, whatever it is made of', () => {
    const passwords = string({ minLength: 1, maxLength: 12 }).map((text) => `${text}hunter2${text}`)
    const schemes = constantFrom('postgres', 'postgresql', 's3', 'git+https', 'git+ssh')

    assert(
      property(passwords, schemes, (password, scheme) => {
        expect(describeStoreUrl(`${scheme}://u:${password}@host/place`)).not.toContain('hunter2')
      }),
      { numRuns: 2000 },
    )
  })
})
