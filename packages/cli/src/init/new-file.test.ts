import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConductError } from '@conduct/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNewFile } from './new-file.ts'

describe('a new lanes.yaml', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'conduct-new-file-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const codeOf = (path: string): string | null => {
    try {
      writeNewFile(path, 'second\n')
      return null
    } catch (error) {
      return isConductError(error) ? error.code : String(error)
    }
  }

  it('is created, and never written over by who looked a moment before it was there', () => {
    const path = join(folder, 'lanes.yaml')

    writeNewFile(path, 'first\n')

    expect(codeOf(path)).toBe('INIT_EXISTS')
    expect(readFileSync(path, 'utf8')).toBe('first\n')
    expect(readdirSync(folder)).toEqual(['lanes.yaml'])
  })

  it('says where it cannot be created', () => {
    expect(codeOf(join(folder, 'no', 'lanes.yaml'))).toBe('OUTPUT_UNWRITABLE')
  })
})
