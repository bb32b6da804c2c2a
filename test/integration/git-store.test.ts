import { describe, expect, test } from 'vitest'
import { storeScenarios } from '@conduct/lanes/conformance'
import { openGitPlace } from './git-places.ts'

describe('the git store on file:// conforms', () => {
  test.each(storeScenarios)('$name', async ({ run }) => {
    await using place = await openGitPlace()
    await using a = await place.open()
    await using b = await place.open()
    await using other = await place.open({ estate: 'zeta' })

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
