import { describe, expect, it } from 'vitest'
import { findRehearsalStore } from './rehearsal-store.ts'

describe('the store of a rehearsal', () => {
  it('is the one in its own folder when none is named', () => {
    expect(findRehearsalStore({})).toBeNull()
    expect(findRehearsalStore({ CONDUCT_STORE: '' })).toBeNull()
  })

  it('leaves the password of a Postgres address out of what lanes.yaml will say', () => {
    const secretUrl = 'postgres://lanes:hunter%2F2@db.acme.example:5432/conduct?sslmode=require'

    expect(findRehearsalStore({ CONDUCT_STORE: secretUrl })).toEqual({
      url: 'postgres://lanes@db.acme.example:5432/conduct?sslmode=require',
      secretUrl,
      env: { PGPASSWORD: 'hunter/2' },
    })
  })

  it.each([
    'sqlite:/var/lib/conduct/state.db',
    'postgres://lanes@db.acme.example/conduct',
    's3://bucket/prefix?region=eu-central-1&endpoint=http://127.0.0.1:9000',
    'git+file:///srv/lanes.git',
    'git+ssh://git@git.acme.example/lanes.git',
  ])('takes %s as it stands', (url) => {
    expect(findRehearsalStore({ CONDUCT_STORE: url })).toEqual({ url, secretUrl: url, env: {} })
  })

  it.each([
    'git+https://ana:hunter2@git.acme.example/lanes.git',
    's3://bucket/prefix?secret_access_key=hunter2',
    'postgres://db.acme.example/conduct?password=hunter2',
  ])('refuses a credential that has no other place, and does not repeat it: %s', (url) => {
    let thrown: unknown
    try {
      findRehearsalStore({ CONDUCT_STORE: url })
    } catch (error) {
      thrown = error
    }

    expect(thrown).toMatchObject({ code: 'USAGE' })
    expect(JSON.stringify([String(thrown), thrown])).not.toContain('hunter2')
  })
})
