import { expect, test } from 'vitest'
import { findCaller } from './find-caller.ts'

const processes = new Map([
  [
    50,
    { parent: 40, command: '/home/ana/.npm/_npx/9c70/node_modules/pnpm/pnpm conduct lane acquire x --keep' },
  ],
  [40, { parent: 30, command: 'sh -c pnpm conduct lane acquire x --keep' }],
  [30, { parent: 20, command: 'npm exec pnpm@12 conduct' }],
  [20, { parent: 10, command: '-bash' }],
  [10, { parent: 1, command: 'sshd: ana' }],
])

test('passes by package managers and the shells they start, up to who typed the command', () => {
  expect(findCaller(50, (pid) => processes.get(pid) ?? null)).toBe(20)
})

test('is the parent itself where nothing stands between', () => {
  expect(findCaller(20, (pid) => processes.get(pid) ?? null)).toBe(20)
})

test('stops where it cannot see further', () => {
  expect(findCaller(50, (pid) => (pid === 50 ? (processes.get(50) ?? null) : null))).toBe(40)
})
