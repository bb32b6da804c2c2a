import { describe, expect, test } from 'vitest'
import type { TrainContext } from '../context.ts'
import { aConsumer, aDeploy, aRepo, aTrain } from '../survey-fixture.ts'
import { portMethods, withoutActing } from './without-acting.ts'

type Table = { readonly [name: string]: 'looks' | 'acts' | Table }
type Port = { readonly [name: string]: (() => unknown) | Port }

/** A port whose every method answers with its own path, and writes down that it was called. */
function recording(table: Table, called: string[], path: string): Port {
  return Object.fromEntries(
    Object.entries(table).map(([name, does]) => {
      const place = `${path}.${name}`
      if (typeof does === 'object') return [name, recording(does, called, place)]
      const method = () => {
        called.push(place)
        return place
      }
      return [name, method]
    }),
  )
}

function listMethods(
  table: Table,
  path: string,
): readonly { readonly method: string; readonly does: string }[] {
  return Object.entries(table).flatMap(([name, does]) =>
    typeof does === 'object' ? listMethods(does, `${path}.${name}`) : [{ method: `${path}.${name}`, does }],
  )
}

function call(ports: Port, method: string): unknown {
  const found = method
    .split('.')
    .reduce<Port | (() => unknown) | undefined>(
      (port, name) => (typeof port === 'object' ? port[name] : undefined),
      ports,
    )
  if (typeof found !== 'function') throw new Error(`there is no ${method}`)
  return found()
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
  const port = (name: keyof typeof portMethods) => recording(portMethods[name], called, name)
  const [store, lane, mirror] = [port('store'), port('lane'), port('mirror')]
  const [publisher, adopter, repository] = [port('publisher'), port('adopter'), port('repository')]
  const context = withoutActing({
    train,
    config: { repos: new Map([['shop', aRepo({ setup: [{ argv: ['bin/setup'] }] })]]) },
    store,
    lanes: { names: () => ['release_train'], lane: () => lane },
    mirror: async () => mirror,
    forge: async () => ({ repository, forge: { repository: () => repository } }),
    publishers: [publisher],
    adopters: [adopter],
    runCommand: async (command: unknown) => void called.push(JSON.stringify(command)),
  } as unknown as TrainContext)
  const there = await context.forge('shop')
  const dry = {
    store: context.store,
    lane: context.lanes.lane('release_train'),
    mirror: await context.mirror('shop'),
    publisher: context.publishers[0],
    adopter: context.adopters[0],
    repository: there?.repository,
    other: { repository: there?.forge.repository('acme', 'admin') },
  }
  return { context, dry: dry as unknown as Port }
}

const methods = Object.entries(portMethods).flatMap(([port, table]) => listMethods(table, port))
const acting = methods.flatMap(({ method, does }) => (does === 'acts' ? [method] : []))
const looking = methods.flatMap(({ method, does }) => (does === 'looks' ? [method] : []))

describe('a context without the ability to act', () => {
  test.each([...acting, 'other.repository.mergePullRequest'])(
    'refuses %s, and nothing reaches the port behind it',
    async (method) => {
      const called: string[] = []
      const { dry } = await dryContext(called)
      const plain = method.replace('other.', '')
      expect(() => call(dry, method)).toThrow(`a dry run wanted to act: ${plain}`)
      expect(called).toEqual([])
    },
  )

  test.each(looking)('passes %s on', async (method) => {
    const called: string[] = []
    const { dry } = await dryContext(called)
    expect(call(dry, method)).toBe(method)
    expect(called).toEqual([method])
  })

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
