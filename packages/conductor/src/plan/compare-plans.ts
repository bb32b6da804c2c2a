import {
  type Plan,
  type PlanBasis,
  type PlanChange,
  type PlanDiff,
  type PlannedConsumer,
  type PlannedPackage,
  type PreflightRow,
  canonicalJson,
} from '@conduct/core'

/**
 * What changed from one plan to a later one: first what an approval signs, then what it does not (heads of consumers,
 * verdicts of checks). Pure.
 */
export function comparePlans(before: Plan, after: Plan): PlanDiff {
  return {
    against: { id: before.id, hash: before.hash, createdAt: before.createdAt },
    approvalHolds: before.hash === after.hash,
    changes: [
      ...compareBases(before.basis, after.basis),
      ...changesBetween(pointsOfSurvey(before, after), pointsOfSurvey(after, before), { isSigned: false }),
    ],
  }
}

/** What changed in what an approval signs. */
export function compareBases(before: PlanBasis, after: PlanBasis): readonly PlanChange[] {
  const changes = changesBetween(pointsOfBasis(before), pointsOfBasis(after), { isSigned: true })
  if (changes.length > 0 || canonicalJson(before) === canonicalJson(after)) return changes
  // A difference without words of its own is at least not passed over.
  return [{ about: 'train', subject: 'train', from: 'as it was', to: 'in another form', isSigned: true }]
}

/** One thing in which plans can differ. */
interface Point extends Pick<PlanChange, 'about' | 'subject'> {
  readonly value: string
  /** Compared instead of `value`, where that is only its short form. */
  readonly whole?: string
  /** A detail of something that may come or go as a whole, which is said once. */
  readonly partOf?: string
}

/** Every field of the basis has its points: a new one does not compile without them. */
const pointsOfField = {
  train: ({ train }) => [{ about: 'train', subject: 'train', value: train }],
  lane: ({ lane }) => [{ about: 'lane', subject: 'lane', value: lane }],
  producer: ({ producer }) => [{ about: 'producer', subject: producer.repo, value: producer.commit }],
  configCommit: ({ configCommit, configHash }) => [
    {
      about: 'lanes_yaml',
      subject: 'lanes.yaml',
      value: configCommit ?? `text ${configHash.slice(0, shortLength)}`,
      whole: `${configCommit} ${configHash}`,
    },
  ],
  configHash: () => [],
  packages: ({ packages }) => packages.flatMap(pointsOfPackage),
  catchUp: ({ catchUp }) => [{ about: 'catch_up', subject: 'catch-up train', value: catchUp ? 'yes' : 'no' }],
  consumers: ({ consumers }) => consumers.flatMap(pointsOfConsumer),
  overrides: ({ overrides }) =>
    overrides.map(({ check, repo, reason, by }) => ({
      about: 'override',
      subject: `${check}:${repo}`,
      value: `${reason} (${by})`,
    })),
  leftOut: ({ leftOut }) => [
    { about: 'left_out', subject: 'left out', value: leftOut.length === 0 ? 'nobody' : leftOut.join(', ') },
  ],
} as const satisfies Record<keyof PlanBasis, (basis: PlanBasis) => readonly Point[]>

const shortLength = 7

function pointsOfBasis(basis: PlanBasis): readonly Point[] {
  return Object.values(pointsOfField).flatMap((pointsOf) => pointsOf(basis))
}

function pointsOfPackage(planned: PlannedPackage): readonly Point[] {
  const { name, version, ...details } = planned
  const labels = {
    ecosystem: 'ecosystem',
    directory: 'folder',
    registry: 'registry',
    tag: 'tag',
  } as const satisfies Record<keyof typeof details, string>
  return [
    { about: 'package', subject: name, value: version },
    // A tag moves with the version; only one that does not is news.
    ...keysOf(details).map((key) => ({
      about: 'package_detail' as const,
      subject: `${labels[key]} of ${name}`,
      value: (details[key] ?? 'none').replaceAll(version, '{version}'),
      partOf: name,
    })),
  ]
}

function pointsOfConsumer(planned: PlannedConsumer): readonly Point[] {
  const { repo, after, adopt, configure, deploy } = planned
  const detail = (what: string, value: string): Point => ({
    about: 'consumer_detail',
    subject: `${what} of ${repo}`,
    value,
    partOf: repo,
  })
  return [
    { about: 'consumer', subject: repo, value: 'in the train' },
    detail('turn', after.length === 0 ? 'at once' : `after ${after.join(', ')}`),
    detail('adoption', `${adopt.manager}, ${adopt.via}`),
    ...configure.map(({ name, action, goal }) => detail(`setting ${name}`, `${goal} (${action})`)),
    detail('deploy', deploy.strategy),
    { about: 'target', subject: repo, value: deploy.previous ?? 'nothing', partOf: repo },
  ]
}

/** Of the repos that both plans have: one that joins brings its head and its verdicts along. */
function pointsOfSurvey({ basis, repos }: Plan, other: Plan): readonly Point[] {
  const inBoth = repos.filter(({ repo }) => other.repos.some((one) => one.repo === repo))
  return inBoth.flatMap(({ repo, commit, preflight }): readonly Point[] => [
    ...(repo === basis.producer.repo ? [] : [{ about: 'head' as const, subject: repo, value: commit }]),
    ...preflight.map((row) => ({
      about: 'check' as const,
      subject: `${row.check}:${repo}`,
      value: verdictOf(row),
    })),
  ])
}

function verdictOf({ verdict, overridden }: PreflightRow): string {
  return `${verdict.replaceAll('_', ' ')}${overridden === true ? ', overridden' : ''}`
}

function changesBetween(
  before: readonly Point[],
  after: readonly Point[],
  { isSigned }: Pick<PlanChange, 'isSigned'>,
): readonly PlanChange[] {
  const was = byKey(before)
  const is = byKey(after)
  const keys = new Set([...is.keys(), ...was.keys()])
  return [...keys].flatMap((key) => {
    const [from, to] = [was.get(key), is.get(key)]
    const point = to ?? from
    if (point === undefined || sameAs(from) === sameAs(to)) return []
    if (point.partOf !== undefined && !isInBoth(point.partOf, before, after)) return []
    const { about, subject } = point
    return [{ about, subject, from: from?.value ?? null, to: to?.value ?? null, isSigned }]
  })
}

function byKey(points: readonly Point[]): ReadonlyMap<string, Point> {
  return new Map(points.map((point) => [`${point.about} ${point.subject}`, point]))
}

function sameAs(point: Point | undefined): string | undefined {
  return point?.whole ?? point?.value
}

function isInBoth(subject: string, before: readonly Point[], after: readonly Point[]): boolean {
  const isIn = (points: readonly Point[]) =>
    points.some((point) => point.partOf === undefined && point.subject === subject)
  return isIn(before) && isIn(after)
}

function keysOf<Value extends object>(value: Value): readonly (keyof Value)[] {
  return Object.keys(value) as (keyof Value)[]
}
