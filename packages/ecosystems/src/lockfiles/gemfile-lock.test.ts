import { expect, test } from 'vitest'
import { parseGemfileLock } from './gemfile-lock.ts'

const checksum = 'ab'.repeat(32)
const text = `PATH
  remote: ../tool
  specs:
    tool (0.1.0)
      engine (>= 1)

GEM
  remote: https://rubygems.org/
  specs:
    engine (1.0.0)
      leaf (~> 1.0, >= 1.0.1)
    leaf (1.0.1)
    nokogiri (1.15.0-x86_64-linux)
    nokogiri (1.15.0)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  engine (~> 1.0, < 2)
  nokogiri
  tool!

CHECKSUMS
  engine (1.0.0) sha256=${checksum}
  nokogiri (1.15.0-x86_64-linux) sha256=${checksum}

BUNDLED WITH
   2.3.15
`

test('is read with sources, needs, platforms and the checksums of gem files', () => {
  const lock = parseGemfileLock('Gemfile.lock', text)

  const integrity = `sha256-${Buffer.from(checksum, 'hex').toString('base64')}`
  expect(lock.nodes).toEqual([
    { id: 'tool (0.1.0)', name: 'tool', version: '0.1.0', integrity: null, needs: ['engine (1.0.0)'] },
    { id: 'engine (1.0.0)', name: 'engine', version: '1.0.0', integrity, needs: ['leaf (1.0.1)'] },
    { id: 'leaf (1.0.1)', name: 'leaf', version: '1.0.1', integrity: null, needs: [] },
    { id: 'nokogiri (1.15.0-x86_64-linux)', name: 'nokogiri', version: '1.15.0', integrity: null, needs: [] },
    { id: 'nokogiri (1.15.0)', name: 'nokogiri', version: '1.15.0', integrity: null, needs: [] },
  ])
  expect([...lock.dependencies]).toEqual([
    ['engine', ['~> 1.0', '< 2']],
    ['nokogiri', []],
    ['tool', []],
  ])
  expect(lock.bundledWith).toBe('2.3.15')
})

test('with conflict marks is unreadable, which is not the same as empty', () => {
  expect(() => parseGemfileLock('Gemfile.lock', text.replace('GEM\n', '<<<<<<< HEAD\nGEM\n'))).toThrow(
    expect.objectContaining({ code: 'FILE_UNREADABLE' }) as Error,
  )
})
