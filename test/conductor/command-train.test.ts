import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hasRuby, needsRuby } from '../ecosystems/gem-seeds.ts'
import { libraryEstate, type LibraryEstate, libraryGem } from './library-estate.ts'
import { openConductor } from './open-conductor.ts'

/** An app that nothing here knows: two commands of its own say and change which version it takes. */
describe.skipIf(!hasRuby)(`a consumer that adopts by a command${needsRuby}`, () => {
  let estate: LibraryEstate

  beforeAll(async () => {
    estate = await libraryEstate(
      ({ gems }) => ({
        library: libraryGem(gems),
        publish: `[{ package: engine, registry: "${gems}" }]`,
        apps: [
          {
            name: 'kiosk',
            files: {
              'engine.version': '1.0.0\n',
              'bin/adopt':
                '#!/bin/sh\nset -e\n[ -e broken ] && { echo "no engine today" >&2; exit 3; }\n[ -e lazy ] || echo "$1" > engine.version\necho "$1" >> history.txt\n',
            },
            lock: [],
            adopt: '{ via: push, command: "bin/adopt {version}", observe: "cat engine.version" }',
            check: 'test -s engine.version',
          },
        ],
      }),
      { withNpm: false },
    )
  })
  afterAll(() => estate[Symbol.asyncDispose]())
  beforeEach(async () => {
    vi.stubEnv('GEM_HOST_API_KEY', estate.gems.apiKey)
    await estate.fresh()
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  async function travel() {
    await using opened = await openConductor(estate)
    return await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
  }
  const shown = (file: string) => estate.git('kiosk', 'show', `main:${file}`)

  it('has the version in one commit, with whatever else the command wrote', async () => {
    const { record, exit } = await travel()

    expect(record.stop).toBeNull()
    expect(exit).toBe(0)
    expect(await shown('engine.version')).toBe('1.1.0')
    expect(await shown('history.txt')).toBe('1.1.0')
    expect(record.adopted).toMatchObject([{ repo: 'kiosk', package: 'engine', from: '1.0.0', to: '1.1.0' }])
    expect(JSON.stringify(record)).toContain('cannot be tried before it is published')
  })

  it.each([
    ['broken', 'ADOPT_FAILED', 'no engine today'],
    ['lazy', 'ADOPT_NOT_PROVED', '1.0.0, not 1.1.0'],
  ])('stops when the command is %s: its end counts, and then what is observed', async (mark, code, said) => {
    await estate.push('kiosk', { [mark]: '' })

    const { record } = await travel()

    expect(record.stop).toMatchObject({ code, phase: 'adopt' })
    expect(record.stop?.message).toContain(said)
    expect(await shown('engine.version')).toBe('1.0.0')
  })
})
