/** Trains from who publishes what, and who needs it. */
import type { SurveyedNeed, SurveyedPackage } from '@conduct/ecosystems'
import type { Gap, RepoFacts } from '../facts.ts'
import { someOf } from '../names.ts'

export interface ProposedTrain {
  readonly producer: RepoFacts
  /** What it publishes; empty: the train only deploys. */
  readonly packages: readonly SurveyedPackage[]
  readonly consumers: readonly ProposedConsumer[]
  /** Somebody needs it, or its manifests were written to be published. */
  readonly isSure: boolean
}

export interface ProposedConsumer {
  readonly repo: RepoFacts
  /** By which manifests; empty for the producer itself, which is only deployed. */
  readonly needs: readonly SurveyedNeed[]
}

export interface Trains {
  readonly trains: readonly ProposedTrain[]
  readonly gaps: readonly Gap[]
}

export function proposeTrains(repos: readonly RepoFacts[]): Trains {
  const releases = repos.flatMap((producer) => trainOf(producer, repos) ?? [])
  const sure = releases.filter(({ isSure }) => isSure)
  const isOnTrain = ({ key }: RepoFacts): boolean =>
    sure.some(({ producer, consumers }) =>
      [producer, ...consumers.map(({ repo }) => repo)].some((on) => on.key === key),
    )
  const unsure = releases.filter(({ isSure }) => !isSure)
  const deploys = repos
    .filter((repo) => !isOnTrain(repo) && repo.deploys.length > 0)
    .map((repo) => ({ producer: repo, packages: [], consumers: [{ repo, needs: [] }], isSure: true }))
  const isDeployed = ({ key }: RepoFacts): boolean => deploys.some(({ producer }) => producer.key === key)
  const trains = [
    ...sure,
    ...deploys,
    ...unsure.filter(({ producer }) => !isOnTrain(producer) && !isDeployed(producer)),
  ]
  return { trains, gaps: [...trains.flatMap((train) => gapsOf(train, repos)), ...twiceGaps(repos)] }
}

function trainOf(producer: RepoFacts, repos: readonly RepoFacts[]): ProposedTrain | null {
  const packages = publicPackages(producer)
  if (packages.length === 0) return null
  const consumers = repos
    .filter((repo) => repo.key !== producer.key)
    .map((repo) => ({ repo, needs: needsOf(repo).filter((need) => isMet(need, packages)) }))
    .filter(({ needs }) => needs.length > 0)
  const isSure = consumers.length > 0 || packages.some(({ signs }) => signs.length > 0)
  const own = isSure && producer.deploys.length > 0 ? [{ repo: producer, needs: [] }] : []
  return { producer, packages, consumers: [...consumers, ...own], isSure }
}

export function publicPackages({ survey: { npm, gems } }: RepoFacts): readonly SurveyedPackage[] {
  return [...(npm?.packages ?? []), ...(gems?.packages ?? [])].filter(({ isPrivate }) => !isPrivate)
}

function needsOf({ survey: { npm, gems } }: RepoFacts): readonly SurveyedNeed[] {
  return [...(npm?.needs ?? []), ...(gems?.needs ?? [])]
}

function isMet({ ecosystem, name }: SurveyedNeed, packages: readonly SurveyedPackage[]): boolean {
  return packages.some((one) => one.ecosystem === ecosystem && one.name === name)
}

function gapsOf(
  { packages, consumers, producer, isSure }: ProposedTrain,
  repos: readonly RepoFacts[],
): readonly Gap[] {
  const alone: readonly Gap[] =
    isSure && packages.length > 0 && consumers.every(({ repo }) => repo.key === producer.key)
      ? [
          {
            repo: producer.key,
            what: `Who uses ${namesOf(packages)}: none of the repositories that were named`,
            remedy: 'Name them too: conduct init --dry-run <this repository> <that repository>',
          },
        ]
      : []
  return [
    ...alone,
    ...consumers.flatMap(({ repo, needs }) => consumerGaps(repo, needs)),
    ...repos.flatMap((repo) => besideGaps(repo, packages)),
  ]
}

function consumerGaps(repo: RepoFacts, needs: readonly SurveyedNeed[]): readonly Gap[] {
  const { npm, gems } = repo.survey
  const isOf = (wanted: SurveyedNeed['ecosystem']): boolean =>
    needs.some(({ ecosystem }) => ecosystem === wanted)
  const isUnlocked = (isOf('npm') && npm?.isLocked === false) || (isOf('rubygems') && gems?.lockfile === null)
  const elsewhere = needs.filter((need) => need.isElsewhere)
  return [
    ...(isUnlocked
      ? [
          {
            repo: repo.key,
            what: 'No lockfile is committed, so that nothing could prove what it has adopted',
            remedy: 'Commit the lockfile before the first run',
          },
        ]
      : []),
    ...elsewhere.map(({ name, file, reference }) => ({
      repo: repo.key,
      what: `${file} takes ${name} from ${reference}, where a release never arrives`,
      remedy: 'Write a range of published versions instead before the first run',
    })),
  ]
}

function besideGaps(repo: RepoFacts, packages: readonly SurveyedPackage[]): readonly Gap[] {
  const beside = repo.survey.needsBeside.filter((need) => isMet(need, packages))
  return beside.map(({ name, file }) => ({
    repo: repo.key,
    what: `${file} needs ${name}, outside the workspace at the top`,
    remedy: 'conduct adopts by the lockfile at the top: make it a member, or adopt with a command of yours',
  }))
}

function twiceGaps(repos: readonly RepoFacts[]): readonly Gap[] {
  const owners = Map.groupBy(
    repos.flatMap((repo) =>
      publicPackages(repo).map((one) => ({ repo: repo.key, id: `${one.ecosystem} ${one.name}` })),
    ),
    ({ id }) => id,
  )
  return [...owners.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length < 2) return []
    const what = `${first.id} is published by ${group.map(({ repo }) => repo).join(' and ')}`
    return [{ repo: null, what, remedy: 'Keep the train of the one that really does' }]
  })
}

export function namesOf(packages: readonly SurveyedPackage[]): string {
  return someOf(packages.map(({ name }) => name))
}
