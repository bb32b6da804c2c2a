import { asPostgresTells, differingObjects, onlyInOne, type RailsVerdict } from './rails-verdict.ts'

interface Ours {
  readonly verdict: 'exact' | 'different' | 'refused' | 'unread'
  readonly lines?: readonly [ours: ReadonlySet<string>, theirs: ReadonlySet<string>]
}

/** What we make of each week against what real Rails makes of it, counted. */
export class RailsTally {
  readonly #isMysql: boolean
  #weeks = 0
  #exact = 0
  /** Weeks that real Rails reaches, and those of them that we do. */
  #reached = 0
  #reachedByBoth = 0
  /** Weeks that it does not reach and we do not: the same objects differ, or others. */
  #contradicting = 0
  #otherwise = 0
  /** Weeks that it does not reach and we do. */
  #onlyOurs = 0
  /** Weeks that it cannot judge, and those of them that we miss. */
  #unable = 0
  #unableAndMissed = 0

  constructor({ isMysql }: { readonly isMysql: boolean }) {
    this.#isMysql = isMysql
  }

  /**
   * @param isUnsaid no migration of the week names what differs: proved without Rails.
   * @returns the verdict on this week, in words.
   */
  add(ours: Ours, rails: RailsVerdict | null, isUnsaid = false): string {
    const isExact = ours.verdict === 'exact'
    this.#weeks++
    if (isExact) this.#exact++
    if (rails === null) return 'not asked'
    const objects = this.#objectsOf(ours)
    const isBeyond = !isExact && this.#isMysql && objects?.size === 0
    if (rails.outcome === 'unable' || isBeyond) {
      if (isUnsaid) this.#contradicting++
      else this.#unable++
      if (!isExact && !isUnsaid) this.#unableAndMissed++
      return rails.outcome === 'unable'
        ? `cannot judge, ${rails.reason}`
        : 'cannot judge, only what Postgres does not have differs'
    }
    if (rails.outcome === 'reached') {
      this.#reached++
      if (isExact) this.#reachedByBoth++
      return 'reaches the file'
    }
    if (isExact) {
      this.#onlyOurs++
      return 'does not reach it'
    }
    if (rails.outcome === 'refused') {
      const isSame = ours.verdict === 'refused' || ours.verdict === 'unread'
      this.#countDifferent(isSame)
      return `refuses the migrations, ${rails.reason}`
    }
    const others = onlyInOne(rails.objects, objects ?? new Set())
    this.#countDifferent(others.length === 0)
    return others.length === 0
      ? 'reaches what we read'
      : `does not reach the file either; of other objects: ${others.slice(0, shownMax).join(', ')}`
  }

  #countDifferent(isSame: boolean): void {
    if (isSame) this.#contradicting++
    else this.#otherwise++
  }

  /**
   * The weeks that real Rails reaches and how many of them we do; those that are proved to contradict themselves, those in which it
   * reaches a third thing, and those that it cannot judge. The last share is of all weeks but those that are proved.
   */
  row(name: string): string {
    const cells = [
      name,
      `${this.#reachedByBoth} of ${this.#reached}`,
      percent(this.#reachedByBoth, this.#reached),
      String(this.#contradicting),
      String(this.#otherwise),
      `${this.#unable} (${this.#unableAndMissed} not exact)`,
      percent(this.#exact, this.#weeks - this.#contradicting),
      `${this.#onlyOurs} exact for us only`,
    ]
    return `judged: ${cells.join(' | ')}`
  }

  #objectsOf({ lines }: Ours): ReadonlySet<string> | null {
    if (lines === undefined) return null
    const [ours, theirs] = lines.map((each) => new Set(this.#isMysql ? [...each].map(asPostgresTells) : each))
    return differingObjects(ours ?? new Set(), theirs ?? new Set())
  }
}

const shownMax = 6

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}
