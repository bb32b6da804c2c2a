import { expect, it } from 'vitest'
import { tarEntry } from './tar-entry.ts'

/** One header block; the size as it is written, in octal. */
function header(name: string, size: string): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write(size, 124)
  return block
}

const file = (name: string, text: string): Buffer => {
  const body = Buffer.alloc(512)
  body.write(text)
  return Buffer.concat([header(name, text.length.toString(8)), body])
}

it('finds a file by its name', () => {
  const archive = Buffer.concat([file('package/a', 'one'), file('package/package.json', '{}')])

  expect(tarEntry(archive, /package\.json$/)?.toString()).toBe('{}')
  expect(tarEntry(archive, /b$/)).toBeNull()
})

it.each(['-0001000', '-777777', 'x', '\u00ff\u00ff', '77777777777'])(
  'comes to an end whatever size an archive claims: %j',
  (size) => {
    const archive = Buffer.concat([header('package/a', size), file('package/b', 'two')])

    expect(() => tarEntry(archive, /nothing/)).not.toThrow()
  },
)
