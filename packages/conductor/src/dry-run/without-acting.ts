import type { Command, Publish, Repo, Train } from '@conduct/config'
import type { Adopter, Publisher } from '@conduct/ecosystems'
import type { ForgeRepository, RepoAtForge } from '@conduct/forge'
import type { Mirror } from '@conduct/git'
import type { Lane, Store } from '@conduct/lanes/engine'
import type { runCommand } from '@conduct/subprocess'
import type { TrainContext } from '../context.ts'
import { type CommandPattern, commandPattern, matchesCommand, showCommand } from '../template.ts'
import { cannotAct, type Classified, refuse } from './cannot-act.ts'

/**
 * The same context without the ability to act: what travels with it is the code of a real run, over ports that
 * refuse. A port that a context gains does not compile until it stands here.
 */
export function withoutActing(context: TrainContext): TrainContext {
  const { keyFile, redact, hit } = context
  return {
    config: context.config,
    configCommit: context.configCommit,
    configHash: context.configHash,
    configPath: context.configPath,
    trainName: context.trainName,
    train: context.train,
    store: cannotAct('store', context.store, portMethods.store),
    lanes: {
      names: () => context.lanes.names(),
      lane: (name) => cannotAct('lane', context.lanes.lane(name), portMethods.lane),
    },
    identity: context.identity,
    clock: context.clock,
    emit: context.emit,
    cacheDir: context.cacheDir,
    stateDir: context.stateDir,
    runCommand: commandsThatLook(context),
    mirror: async (repo) => cannotAct('mirror', await context.mirror(repo), portMethods.mirror),
    forge: async (repo) => {
      const there = await context.forge(repo)
      return there === null ? null : forgeThatLooks(there)
    },
    forgeRequests: context.forgeRequests,
    publishers: context.publishers.map((one) => cannotAct('publisher', one, portMethods.publisher)),
    adopters: context.adopters.map((one) => cannotAct('adopter', one, portMethods.adopter)),
    signal: context.signal,
    launcher: context.launcher,
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(redact === undefined ? {} : { redact }),
    ...(hit === undefined ? {} : { hit }),
  }
}

export const portMethods = {
  store: {
    register: { read: 'looks', change: 'acts', list: 'looks', changed: 'looks', now: 'looks' },
    log: { append: 'acts', read: 'looks', drop: 'acts', list: 'looks' },
    probe: 'acts',
  },
  lane: {
    acquire: 'acts',
    renew: 'acts',
    release: 'acts',
    leave: 'acts',
    conclude: 'acts',
    recordProceeded: 'acts',
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
    fetchRef: 'looks',
    listRemote: 'looks',
    remoteHead: 'looks',
    remoteTag: 'looks',
    defaultBranch: 'looks',
    branchHead: 'looks',
    branches: 'looks',
    readFile: 'looks',
    listFiles: 'looks',
    listEntries: 'looks',
    isAncestor: 'looks',
    changedPaths: 'looks',
    worktree: 'looks',
    push: 'acts',
    createTag: 'acts',
    elsewhere: { remoteHead: 'looks', push: 'acts' },
    createRevert: 'acts',
    parentOf: 'looks',
  },
  publisher: {
    matches: 'looks',
    discover: 'looks',
    pack: 'looks',
    observe: 'looks',
    download: 'looks',
    whoAmI: 'looks',
    publishRight: 'looks',
    version: 'looks',
    provenance: 'looks',
    credential: 'looks',
    refusedVariables: 'looks',
    leftOutSettings: 'looks',
    publish: 'acts',
    withdrawal: { read: 'looks', moveDistTag: 'acts', deprecate: 'acts' },
    staging: {
      stage: 'acts',
      observe: 'looks',
      integrity: 'looks',
      approveCommands: 'looks',
      rejectCommand: 'looks',
      client: 'looks',
    },
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
    obstacles: 'looks',
  },
  repository: {
    readVerdict: 'looks',
    awaitVerdict: 'looks',
    readAccess: 'looks',
    readRules: 'looks',
    readBlocking: 'looks',
    findPullRequest: 'looks',
    readOpenPullRequests: 'looks',
    readPullRequestsFromElsewhere: 'looks',
    openPullRequest: 'acts',
    readPullRequest: 'looks',
    watchPullRequest: 'looks',
    mergePullRequest: 'acts',
    closePullRequest: 'acts',
    enqueuePullRequest: 'acts',
    readWorkflow: 'looks',
    dispatchWorkflow: 'acts',
    findWorkflowRun: 'looks',
    watchWorkflowRun: 'looks',
    writeCommitStatus: 'acts',
    recordDeployment: 'acts',
    writeDeploymentState: 'acts',
    readRelease: 'looks',
    createRelease: 'acts',
    amendRelease: 'acts',
    readRemarks: 'looks',
    readThread: 'looks',
    readWorkItem: 'looks',
    readOpenWorkItems: 'looks',
    writeWorkItem: 'acts',
    findIssue: 'looks',
    openIssue: 'acts',
    closeIssue: 'acts',
    findComment: 'looks',
    addComment: 'acts',
    writeComment: 'acts',
  },
} as const satisfies {
  readonly store: Classified<Store>
  readonly repository: Classified<ForgeRepository>
  readonly lane: Classified<Lane>
  readonly mirror: Classified<Mirror>
  readonly publisher: Classified<Publisher>
  readonly adopter: Classified<Adopter>
}

function forgeThatLooks({ forge, repository }: RepoAtForge): RepoAtForge {
  const looks = (one: ForgeRepository) => cannotAct('repository', one, portMethods.repository)
  return {
    forge: {
      host: forge.host,
      calls: forge.calls,
      usage: () => forge.usage(),
      limitPerHour: () => forge.limitPerHour(),
      limitLeft: () => forge.limitLeft(),
      identity: () => forge.identity(),
      repository: (owner, name) => looks(forge.repository(owner, name)),
    },
    repository: looks(repository),
  }
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
