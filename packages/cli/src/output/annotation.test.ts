import { expect, test } from 'vitest'
import { workflowCommand } from './annotation.ts'

test('an annotation is one line, whatever its texts hold: they command nothing themselves', () => {
  const line = workflowCommand({
    severity: 'error',
    title: 'a,b:c',
    message: '50%\n::set-env::x',
    file: 'a:b,c.rb',
    line: 3,
  })

  expect(line).toBe('::error file=a%3Ab%2Cc.rb,line=3,title=a%2Cb%3Ac::50%25%0A::set-env::x\n')
  expect(workflowCommand({ severity: 'warning', title: 't', message: 'm' })).toBe('::warning title=t::m\n')
})
