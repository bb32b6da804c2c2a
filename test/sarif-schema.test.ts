import { expect, test } from 'vitest'
import { sarifProblems } from './sarif-schema.ts'

const log = (result: object): unknown => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'conduct' } }, results: [result] }],
})

test('a log of SARIF is held against the published schema, which refuses one that is none', () => {
  expect(sarifProblems(log({ message: { text: 'x' } }))).toEqual([])

  expect(sarifProblems(log({ level: 'fatal', message: { text: 'x' } }))).toEqual([
    '/runs/0/results/0/level must be equal to one of the allowed values',
  ])
  expect(sarifProblems(log({ ruleId: 'x' }))).not.toEqual([])
  const at = (startLine: number): unknown =>
    log({
      message: { text: 'x' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a' }, region: { startLine } } }],
    })
  expect(sarifProblems(at(1))).toEqual([])
  expect(sarifProblems(at(0))).not.toEqual([])
})
