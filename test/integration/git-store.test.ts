import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storeScenarios } from '@conduct/lanes/conformance'
import { isLong } from '../bounded.ts'
import { type GitHttpServer, startGitHttp } from '../servers/git-http.ts'
import { type GitSshServer, hasSshd, startGitSsh } from '../servers/git-ssh.ts'
import { openGitPlace } from './git-places.ts'

/** Twenty writers wait for each other in one handle, and connections are slow on a busy machine. */
const callMsMax = 60_000

describe('the git store on file:// conforms', () => {
  test.each(storeScenarios)('$name', async ({ run }) => {
    await using place = await openGitPlace()
    await using a = await place.open({ callMsMax })
    await using b = await place.open({ callMsMax })
    await using other = await place.open({ callMsMax, estate: 'zeta' })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})

/** Beyond file://, by default what depends on the way to the remote: each call is a connection, by ssh a login. */
const scenariosOverRemotes = isLong
  ? storeScenarios
  : storeScenarios.filter(({ name }) =>
      /shows a write|create-or-read|visible together|lists ids|each slot/.test(name),
    )

describe('the git store over http, with a password, conforms', () => {
  let server: GitHttpServer
  beforeAll(async () => {
    server = await startGitHttp({ auth: true })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each(scenariosOverRemotes)('$name', async ({ run }) => {
    await using place = await openGitPlace()
    const url = `git+${(await server.createRepository()).url}`
    await using a = await place.open({ url, callMsMax })
    await using b = await place.open({ url, callMsMax, machine: 'there' })
    await using other = await place.open({ url, callMsMax, estate: 'zeta' })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})

describe.runIf(hasSshd)('the git store over ssh (else skipped: needs sshd) conforms', () => {
  let server: GitSshServer
  beforeAll(async () => {
    server = await startGitSsh()
    Object.assign(process.env, server.env)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each(scenariosOverRemotes)('$name', async ({ run, name }) => {
    await using place = await openGitPlace()
    const url = `git+${(await server.createRepository(name.replaceAll(/[^a-z]/g, '-'))).url}`
    await using a = await place.open({ url, callMsMax })
    await using b = await place.open({ url, callMsMax, machine: 'there' })
    await using other = await place.open({ url, callMsMax, estate: 'zeta' })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})

describe('the git store trusts no remote untried', () => {
  test.each([
    {
      remote: 'takes pushes and forgets them',
      hook: 'while read old new ref; do git update-ref -d "$ref"; done',
      message:
        /store\.git failed the probe (?:create_race: 2 of 2 pushes|read_back: .* reads as no such ref)/,
    },
    {
      remote: 'takes pushes and shows something else',
      hook: `while read old new ref; do
        other=$(git -c user.name=x -c user.email=x commit-tree -m other "$new^{tree}")
        git update-ref "$ref" "$other"
      done`,
      message: /store\.git failed the probe read_back: .* reads as another commit/,
    },
  ])('a remote that $remote is refused as STORE_LIES', async ({ hook, message }) => {
    await using place = await openGitPlace()
    await place.hook('post-receive', hook)

    await expect(place.open()).rejects.toMatchObject({
      code: 'STORE_LIES',
      exit: 2,
      message: expect.stringMatching(message),
    })
  })

  test('a remote that rejects our refs is refused in its own words', async () => {
    await using place = await openGitPlace()
    await place.hook('pre-receive', 'echo "only branches here" >&2; exit 1')

    await expect(place.open()).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      exit: 2,
      message: expect.stringContaining('pre-receive hook declined); only branches here'),
    })
  })
})
