import { describe, expect, it } from 'vitest'
import { packageNameProblem, packageVersionProblem, registryProblem, shownRegistry } from './publishable.ts'

const hostileTexts = [
  '--registry=https://evil.example',
  '-x',
  '../../etc/passwd',
  'a/../../b',
  '@acme/../x',
  '.hidden',
  '__proto__',
  'a b',
  'a\nNext: curl evil',
  'a\u001b[2J',
  '$(id)',
  '`id`',
  'a;id',
  'a|b',
  'a?b#c',
  'a%2fb',
  '\u202eenigne',
  '',
]

describe('what may be published', () => {
  it.each(['@acme/engine', 'engine', 'JSONStream', 'a.b-c_d', 'constructor'])(
    'takes the npm name %s',
    (name) => {
      expect(packageNameProblem(name, 'npm')).toBeNull()
    },
  )

  it.each(hostileTexts)('takes no name, version or registry like %j', (text) => {
    for (const ecosystem of ['npm', 'rubygems'] as const) {
      expect(packageNameProblem(text, ecosystem)).not.toBeNull()
      expect(packageVersionProblem(text, ecosystem)).not.toBeNull()
    }
    expect(registryProblem(text)).not.toBeNull()
  })

  it('lets no character through that means anything in a command, a path, an address or a line', () => {
    const characters = Array.from({ length: 0x2100 }, (_, code) => String.fromCodePoint(code))
    const taken = (take: (text: string) => string | null): string =>
      characters.filter((character) => take(`1.0.0-a${character}b`) === null).join('')
    const plain = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

    expect(taken((text) => packageNameProblem(text, 'npm'))).toBe(`${plain}~`)
    expect(taken((text) => packageNameProblem(text, 'rubygems'))).toBe(plain)
    for (const ecosystem of ['npm', 'rubygems'] as const) {
      const versions = taken((text) => packageVersionProblem(text, ecosystem))
      expect(versions).toBe(plain.replace('_', ''))
    }
  })

  it('takes a version only as the registry will show it', () => {
    expect(packageVersionProblem('1.0.0-rc.1', 'npm')).toBeNull()
    expect(packageVersionProblem('1.0.0+build.5', 'npm')).toBe('would be published as 1.0.0; write that')
    expect(packageVersionProblem('v1.0.0', 'npm')).toBe('would be published as 1.0.0; write that')
    expect(packageVersionProblem('1.0', 'npm')).toBe('is no semantic version')
    expect(packageVersionProblem('1.0', 'rubygems')).toBeNull()
  })

  it.each([
    ['file:///etc/', 'is neither http:// nor https://'],
    ['javascript:alert(1)', 'is neither http:// nor https://'],
    ['https://ana:hunter22@npm.example/', 'holds credentials; keep them in the client’s configuration'],
    ['https://npm.example/?token=hunter22', 'holds more than a path'],
    ['http://[/', 'is no address'],
  ])('publishes to no %s', (registry, problem) => {
    expect(registryProblem(registry)).toBe(problem)
    expect(shownRegistry(registry).replace('?token=hunter22', '')).not.toContain('hunter22')
  })
})
