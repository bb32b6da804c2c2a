import { expect, test } from 'vitest'
import { startsByDeployment } from './tell-forges.ts'

test.each(['on: deployment', 'on: [push, deployment]', 'on:\n  deployment:\n', 'on:\n  - deployment\n'])(
  'a workflow that would take a note for an order is recognised: %j',
  (workflow) => {
    expect(startsByDeployment(workflow)).toBe(true)
  },
)

test.each(['on: push', 'on: deployment_status', 'on: push # no deployment', 'on:\n  workflow_dispatch:\n'])(
  'others are not: %j',
  (workflow) => {
    expect(startsByDeployment(workflow)).toBe(false)
  },
)
