import type { Command, Publish, Repo, Train } from '@conduct/config'
import type { Adopter, Publisher } from '@conduct/ecosystems'
import type { Mirror } from '@conduct/git'
import type { Lane, Lanes, Store } from '@conduct/lanes/engine'
import type { runCommand } from '@conduct/subprocess'
import type { TrainContext } from '../context.ts'
import { type CommandPattern, commandPattern, matchesCommand, showCommand } from '../template.ts'
import { cannotAct, type Classified, refuse } from './cannot-act.ts'

/**
 * The same context without the ability to act: what travels with it is the code of a real run, over ports that
 * refuse. A port that a context gains does not compile until it stands here.
 */
export function withoutActing(context: TrainContext): TrainContext {
  const { redact, hit } = context
  return {
    config: context.config,
    configCommit: context.configCommit,
    configHash: context.configHash,
    configPath: context.configPath,
    trainName: context.trainName,
    train: context.train,
    store: storeThatLooks(context.store),
    lanes: lanesThatLook(context.lanes),
    identity: context.identity,
    clock: context.clock,
    emit: context.emit,
    cacheDir: context.cacheDir,
    stateDir: context.stateDir,
    runCommand: commandsThatLook(context),
    mirror: async (repo) => mirrorThatLooks(await context.mirror(repo)),
    publishers: context.publishers.map(publisherThatLooks),
    adopters: context.adopters.map(adopterThatLooks),
    signal: context.signal,
    launcher: context.launcher,
    ...(redact === undefined ? {} : { redact }),
    ...(hit === undefined ? {} : { hit }),
  }
}

export const portMethods = {
  register: { read: 'looks', change: 'acts', list: 'looks', changed: 'looks', now: 'looks' },
  log: { append: 'acts', read: 'looks', drop: 'acts', list: 'looks' },
  lane: {
    acquire: 'acts',
    renew: 'acts',
    release: 'acts',
    leave: 'acts',
    inspect: 'looks',
    history: 'looks',
    stats: 'looks',
    verifyHistory: 'looks',
    move: 'acts',
    pause: 'acts',
    unpause: 'acts',
    assign: 'acts',
    apply: 'acts',
    forceRelease: 'acts',
    recover: 'acts',
    park: 'acts',
    note: 'acts',
    clearNote: 'acts',
  },
  // Its own folder, worktrees included, is a cache; `push` is what leaves it.
  mirror: {
    fetch: 'looks',
    listRemote: 'looks',
    remoteHead: 'looks',
    remoteTag: 'looks',
    defaultBranch: 'looks',
    branches: 'looks',
    readFile: 'looks',
    listFiles: 'looks',
    isAncestor: 'looks',
    changedPaths: 'looks',
    worktree: 'looks',
    push: 'acts',
    createTag: 'acts',
  },
  publisher: {
    matches: 'looks',
    discover: 'looks',
    pack: 'looks',
    observe: 'looks',
    whoAmI: 'looks',
    publish: 'acts',
  },
  // A worktree is private and discarded; without `push` nothing of it gets out.
  adopter: {
    matches: 'looks',
    version: 'looks',
    read: 'looks',
    tryPacked: 'looks',
    adopt: 'looks',
    movements: 'looks',
    unrelatedMovements: 'looks',
    unpublishedReferences: 'looks',
    releaseAgeGates: 'looks',
  },
} as const satisfies {
  readonly register: Classified<Store['register']>
  readonly log: Classified<Store['log']>
  readonly lane: Classified<Lane>
  readonly mirror: Classified<Mirror>
  readonly publisher: Classified<Publisher>
  readonly adopter: Classified<Adopter>
}

function storeThatLooks(store: Store): Store {
  const parts = {
    register: cannotAct('register', store.register, portMethods.register),
    log: cannotAct('log', store.log, portMethods.log),
  }
  return new Proxy(store, {
    get(target, key) {
      if (key === 'register' || key === 'log') return parts[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

function lanesThatLook(lanes: Lanes): Lanes {
  return {
    names: () => lanes.names(),
    lane: (name) => cannotAct('lane', lanes.lane(name), portMethods.lane),
  }
}

function mirrorThatLooks(mirror: Mirror): Mirror {
  return cannotAct('mirror', mirror, portMethods.mirror)
}

function publisherThatLooks(publisher: Publisher): Publisher {
  return cannotAct('publisher', publisher, portMethods.publisher)
}

function adopterThatLooks(adopter: Adopter): Adopter {
  return cannotAct('adopter', adopter, portMethods.adopter)
}

/** Commands that read are run; one that lanes.yaml declares as an effect is not, whatever it was filled in with. */
function commandsThatLook({ runCommand: run, train, config }: TrainContext): typeof runCommand {
  const acting = effectCommands(train).map(commandPattern)
  const looking = lookingCommands(train, [...config.repos.values()]).map(commandPattern)
  return async (command, options) => {
    const isOneOf = (patterns: readonly CommandPattern[]) =>
      patterns.some((pattern) => matchesCommand(pattern, command))
    if (isOneOf(acting) && !isOneOf(looking)) {
      refuse(`a command that lanes.yaml declares as an effect: ${showCommand(command)}`)
    }
    return run(command, options)
  }
}

/** Every command of a train that is there to change something. */
function effectCommands({ producer, consumers }: Train): readonly Command[] {
  return [
    ...publishesOf(producer).map(({ command }) => command),
    ...consumers.flatMap(({ adopt, configure, deploy }) => [
      adopt.command,
      ...configure.flatMap(({ apply, undo }) => [apply, undo]),
      deploy.strategy.kind === 'command' ? deploy.strategy.run : null,
      deploy.rollback,
      ...deploy.after,
    ]),
  ].filter((command) => command !== null)
}

/** `bin/deploy --current` looks, though `bin/deploy {sha}` could be filled in to be the same. */
function lookingCommands({ producer, consumers }: Train, repos: readonly Repo[]): readonly Command[] {
  return [
    ...repos.flatMap(({ setup, checks }) => [...setup, ...checks]),
    ...publishesOf(producer).map(({ observe }) => observe),
    ...consumers.flatMap(({ adopt, configure, deploy }) => [
      adopt.observe,
      ...configure.map(({ observe }) => observe),
      deploy.previous,
    ]),
  ].filter((command) => command !== null)
}

function publishesOf({ publish }: Train['producer']): readonly Publish[] {
  return publish === 'infer' || 'workflow' in publish ? [] : publish
}
