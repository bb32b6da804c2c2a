import { expect, test } from 'vitest'
import { signedRun } from '../fixtures/sample-runs.ts'
import { renderRunHtml, renderRunMarkdown, renderRunText, runToJson } from './index.ts'

test('an approval says in every form what kind of proof it is, with the key or the login', () => {
  const approvals = runToJson(signedRun).approvals

  expect(approvals).toMatchObject([
    { proof: 'ssh', key: 'SHA256:aROaTXk8eZeGhd2RUa6OZO9lNgXV5fPq+kPu3G4IbWQ' },
    { by: 'ana', proof: 'forge', login: 'ana-acme' },
  ])
  for (const render of [renderRunText, renderRunMarkdown, renderRunHtml]) {
    const text = render(signedRun)
    expect(text).toContain('SHA256:aROaTXk8eZ')
    expect(text).toMatch(/ana\\?-acme/u)
  }
})
