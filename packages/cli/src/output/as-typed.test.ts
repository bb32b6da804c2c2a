import { expect, test } from 'vitest'
import { commandsAsTyped } from './as-typed.ts'

const launcher = 'npx -y pnpm@12 -C /repo conduct'

test('turns commands in a hint into what can be pasted', () => {
  expect(
    commandsAsTyped('conduct lane show <lane> shows the claims; see conduct explain USAGE.', launcher),
  ).toBe(`${launcher} lane show <lane> shows the claims; see ${launcher} explain USAGE.`)
})

test('leaves prose, paths and commands that have their launcher alone', () => {
  const text =
    'A bug in conduct. See /srv/conduct lane; type: npx conduct -c /x/lanes.yaml run engine; conduct plans ahead'

  expect(commandsAsTyped(text, launcher)).toBe(text)
})
