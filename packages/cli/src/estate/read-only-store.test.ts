import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@conduct/lanes/engine'
import { expect, test } from 'vitest'
import { readOnlyStore } from './read-only-store.ts'

test('reads like the store behind it and refuses every write', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-dry-'))
  try {
    await using store = await openStore(`sqlite:${join(folder, 'state.db')}`)
    await store.register.change('a', () => ({ write: { format: 1 }, result: null }))
    await store.log.append({ log: 'l', seq: 1, record: { format: 1 } })
    const dry = readOnlyStore(store)

    expect(await dry.register.read('a')).toMatchObject({ document: { format: 1 } })
    expect(await dry.log.read('l')).toHaveLength(1)
    expect(() => dry.register.change('a', () => ({ write: { format: 1 }, result: null }))).toThrow('dry run')
    expect(() => dry.log.append({ log: 'l', seq: 2, record: { format: 1 } })).toThrow('dry run')
    expect(await store.log.read('l')).toHaveLength(1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
