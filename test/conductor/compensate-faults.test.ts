import { chmod, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FaultProxy, HttpCall } from '../servers/fault-proxy.ts'
import { readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { readPackument } from './packument.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { startRegistryProxy } from './registry-proxy.ts'
import { useEstates } from './use-estates.ts'

/** The way back on bad days, one after the other in one estate: each effect cannot be reached, or acts and then fails. */
const name = '@rehearsal/engine'
const isWrite = ({ method }: HttpCall): boolean => method === 'PUT'
const writes = (proxy: FaultProxy): readonly string[] => proxy.calls.filter(isWrite).map(({ path }) => path)

/** A push is taken, and the remote dies before it says so; the next one is answered. */
async function dieAfterPush(bare: string): Promise<void> {
  const hook = join(bare, 'hooks', 'reference-transaction')
  await writeFile(
    hook,
    `#!/bin/sh
if [ "$1" = committed ] && grep -q ' refs/heads/main$'; then
  rm -f "$0"
  kill -9 $PPID
fi
`,
  )
  await chmod(hook, 0o755)
}

const setting = (undo: string) => `        configure:
          - name: engine-flag
            action: env_var
            observe: bin/config get ENGINE_FLAG
            expect: ["", "off"]
            goal: "on"
            apply: bin/config set ENGINE_FLAG on
            undo: ${undo}
`

const asItIs = (command: string) => `"${command}"`

describe('a way back on bad days', () => {
  const estates = useEstates('npmAndPnpm')
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('says what could not be reached, believes what it sees of the rest, and makes each effect once', async () => {
    const estate = await estates.fresh()
    await using proxy = await startRegistryProxy(estate)
    const lanesYaml = (how: (command: string) => string) =>
      quickLanesYaml(estate, [
        ['ecosystem: npm,', `ecosystem: npm, registry: "${proxy.url}", timeout: 5s,`],
        [/( {8}deploy:\n)/u, `${setting(how('bin/config set ENGINE_FLAG off'))}$1`],
        [/rollback: .*/u, `rollback: ${how('bin/deploy --sha {previous_sha}')}`],
      ])
    const before = await readWorld(estate)
    await using fine = await openConductor({ ...estate, lanesYaml: await lanesYaml(asItIs) })
    const done = await fine.conductor.runTrain({
      train: 'engine',
      only: ['shop'],
      approve: true,
      waitMsMax: 0,
    })
    expect(done.record.stop).toBeNull()
    const { run } = done.record
    const released = await readWorld(estate)
    const sent = (await estate.readAttempts()).entries.length
    const compensate = async (how: (command: string) => string) => {
      await using opened = await openConductor({ ...estate, lanesYaml: await lanesYaml(how) })
      const { exit, record } = await opened.conductor.compensateRun({ run, waitMsMax: 0 })
      return { exit, state: record.state, stop: record.stop, next: record.next, record }
    }

    // Nothing can be reached.
    proxy.misbehave((call) => (isWrite(call) ? { fault: 'unreachable' } : null))
    const unreachable = await compensate(() => '{ shell: "echo connect ECONNREFUSED >&2; exit 7" }')

    expect(unreachable).toMatchObject({
      exit: 7,
      state: 'stopped',
      stop: { code: 'UNDO_INCOMPLETE', exit: 7, phase: 'undo' },
      next: `conduct compensate ${run} --yes`,
    })
    expect(unreachable.stop?.message).toMatch(/shop: .*exit code 7\n?.*ECONNREFUSED/u)
    expect(unreachable.stop?.message).toContain(`move latest of ${name} back from 1.1.0 to 1.0.0`)
    expect(unreachable.stop?.message).toMatch(/whether the deprecation of .* reached http.* is not known/u)
    expect(await readWorld(estate)).toEqual(released)

    // The registry acts and answers badly; the remote of the app is gone.
    const bare = (estate.remotes['shop'] ?? '').replace('file://', '')
    await rename(bare, `${bare}.gone`)
    proxy.misbehave((call) => (isWrite(call) ? { fault: 'acts_then_status', status: 502 } : null))
    const halfway = await compensate(asItIs)
    await rename(`${bare}.gone`, bare)

    expect(halfway).toMatchObject({ exit: 7, state: 'stopped', stop: { code: 'UNDO_INCOMPLETE' } })
    expect(halfway.stop?.message).toMatch(/^shop: [^;]*: .*shop\.git/u)
    expect(halfway.stop?.message).not.toContain(name)
    const packument = await readPackument(estate, name)
    expect(packument['dist-tags']['latest']).toBe('1.0.0')
    expect(packument.versions['1.1.0']?.deprecated).toContain(run)
    expect((await readWorld(estate)).running).toEqual(released.running)
    const written = writes(proxy)

    // Every command acts and then fails; the remote takes the push and dies.
    await dieAfterPush(bare)
    const ended = await compensate((command) => `{ shell: "${command}; exit 1" }`)

    expect({ exit: ended.exit, state: ended.state, stop: ended.stop }).toEqual({
      exit: 0,
      state: 'compensated',
      stop: null,
    })
    const world = await readWorld(estate)
    expect(world.running).toEqual(before.running)
    expect(world.lockfiles).toEqual(before.lockfiles)
    expect(world.mains['shop']).toHaveLength((before.mains['shop']?.length ?? 0) + 2)
    const complaints = ended.record.steps.flatMap(({ kind, facts }) =>
      typeof facts['complaint'] === 'string' ? [kind] : [],
    )
    expect(complaints).toEqual(
      expect.arrayContaining(['redeploy', 'unconfigure', 'revert', 'dist_tag', 'deprecate']),
    )
    // Once each, all in all: nothing that was done was done again.
    expect(writes(proxy)).toEqual(written)
    const made = (await estate.readAttempts()).entries.slice(sent).filter(({ kind }) => kind !== 'publish')
    expect(made.map(({ kind }) => kind).toSorted()).toEqual(['configure', 'deploy', 'push'])
  })
})
