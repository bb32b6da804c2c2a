import { describe, expect, test } from 'vitest'
import type { TrainContext } from '../context.ts'
import { aConsumer, aDeploy, aRepo, aTrain } from '../survey-fixture.ts'
import type { Classified } from './cannot-act.ts'
import { portMethods, withoutActing } from './without-acting.ts'

/** A port whose every method answers with its own name, and writes down that it was called. */
function recording(methods: Readonly<Record<string, unknown>>, called: string[]) {
  return Object.fromEntries(
    Object.keys(methods).map((name) => [
      name,
      () => {
        called.push(name)
        return name
      },
    ]),
  )
}

const train = aTrain({
  consumers: [
    aConsumer({
      configure: [
        {
          name: 'flag',
          action: 'env_var',
          observe: { argv: ['bin/flag', 'get'] },
          expect: ['off'],
          goal: 'on',
          apply: { argv: ['bin/flag', 'set', '{version}'] },
          undo: { shell: 'bin/flag unset && echo {run}' },
          secret: false,
        },
      ],
      deploy: aDeploy({
        strategy: { kind: 'command', run: { argv: ['bin/deploy', '{sha}'] } },
        previous: { argv: ['bin/deploy', '--current'] },
        rollback: { argv: ['bin/rollback', '{previous_sha}'] },
        after: [{ argv: ['bin/warm', '--all'] }],
      }),
    }),
  ],
})

async function dryContext(called: string[]) {
  const register = recording(portMethods.register, called)
  const log = recording(portMethods.log, called)
  const ports = {
    lane: recording(portMethods.lane, called),
    mirror: recording(portMethods.mirror, called),
    publisher: recording(portMethods.publisher, called),
    adopter: recording(portMethods.adopter, called),
  }
  const context = withoutActing({
    train,
    config: { repos: new Map([['shop', aRepo({ setup: [{ argv: ['bin/setup'] }] })]]) },
    store: { register, log },
    lanes: { names: () => ['release_train'], lane: () => ports.lane },
    mirror: async () => ports.mirror,
    publishers: [ports.publisher],
    adopters: [ports.adopter],
    runCommand: async (command: unknown) => void called.push(JSON.stringify(command)),
  } as unknown as TrainContext)
  const dry = {
    register: context.store.register,
    log: context.store.log,
    lane: context.lanes.lane('release_train'),
    mirror: await context.mirror('shop'),
    publisher: context.publishers[0],
    adopter: context.adopters[0],
  }
  return { context, dry: dry as unknown as Record<string, Record<string, () => unknown>> }
}

const methods = Object.entries(portMethods).flatMap(([port, table]: [string, Classified<object>]) =>
  Object.entries(table).map(([method, does]) => ({ port, method, does: String(does) })),
)

describe('a context without the ability to act', () => {
  test.each(methods.filter(({ does }) => does === 'acts'))(
    'refuses $port.$method, and nothing reaches the port behind it',
    async ({ port, method }) => {
      const called: string[] = []
      const { dry } = await dryContext(called)
      expect(() => dry[port]?.[method]?.()).toThrow(`a dry run wanted to act: ${port}.${method}`)
      expect(called).toEqual([])
    },
  )

  test.each(methods.filter(({ does }) => does === 'looks'))(
    'passes $port.$method on',
    async ({ port, method }) => {
      const called: string[] = []
      const { dry } = await dryContext(called)
      expect(dry[port]?.[method]?.()).toBe(method)
      expect(called).toEqual([method])
    },
  )

  test.each([
    ['a deploy', { argv: ['bin/deploy', 'c0ffee'] }],
    ['a rollback', { argv: ['bin/rollback', 'v41'] }],
    ['what follows a deploy', { argv: ['bin/warm', '--all'] }],
    ['a setting', { argv: ['bin/flag', 'set', '4.3.0'] }],
    ['the undoing of a setting', { shell: 'bin/flag unset && echo 8f2c' }],
  ])('runs no command that lanes.yaml declares as an effect: %s', async (_what, command) => {
    const called: string[] = []
    const { context } = await dryContext(called)
    await expect(context.runCommand(command, { cwd: '/', timeoutMs: 1 })).rejects.toThrow('wanted to act')
    expect(called).toEqual([])
  })

  test.each([
    ['what runs now', { argv: ['bin/deploy', '--current'] }],
    ['a setting', { argv: ['bin/flag', 'get'] }],
    ['the setup of a repo', { argv: ['bin/setup'] }],
    ['whatever else a phase asks', { argv: ['npm', 'whoami'] }],
  ])('runs commands that read: %s', async (_what, command) => {
    const called: string[] = []
    const { context } = await dryContext(called)
    await context.runCommand(command, { cwd: '/', timeoutMs: 1 })
    expect(called).toEqual([JSON.stringify(command)])
  })
})
