import type { Gap, RepoFacts } from '@conduct/init'

export function toWireInitRepo({ key, remote, path, survey, migrations, deploys }: RepoFacts) {
  const { npm, gems } = survey
  const packages = [...(npm?.packages ?? []), ...(gems?.packages ?? [])]
  return {
    name: key,
    remote,
    path,
    manager: npm?.manager ?? null,
    bundler: gems?.gemfile != null,
    packages: packages
      .filter(({ isPrivate }) => !isPrivate)
      .map(({ name, version, ecosystem, file }) => ({ package: name, version, ecosystem, file })),
    migrations: migrations.map(({ tool, paths, isSure }) => ({ tool, paths, sure: isSure })),
    deploys: deploys.map(({ from, isSure }) => ({ from, sure: isSure })),
  }
}

export function toWireGap({ repo, what, remedy }: Gap) {
  return { repo, what, remedy }
}
