import { DatabaseSync } from 'node:sqlite'
import { type EffectRecord, ownProcess, systemClock } from '@conduct/lanes/engine'

/**
 * What contenders change: a counter per resource that each of them reads, and later writes one higher. A fenced one
 * learns the token with the read and refuses every later use of an older one; an unfenced one takes whatever comes.
 */
export interface Target extends Disposable {
  begin(under: Under): Begun | 'refused'
  write(under: Under, begun: Begun): 'written' | 'refused'
  readonly written: () => number
  readonly tally: () => TargetTally
  /** What was written, in the order it was. */
  readonly effects: () => readonly EffectRecord[]
}

/** The lease that an effect is made under. */
export interface Under {
  readonly token: number
  readonly resources: readonly string[]
}

export interface Begun {
  readonly values: readonly number[]
  readonly at: number
}

export interface TargetTally {
  /** Sum of all counters. */
  readonly value: number
  /** Effects that were taken, one per resource. */
  readonly written: number
  readonly lost: number
  readonly refused: number
  /** Pairs of written effects of different tokens or processes whose time from read to write overlaps. */
  readonly overlaps: number
}

export function openTarget(path: string, kind: 'fenced' | 'unfenced'): Target {
  const db = new DatabaseSync(path, { timeout: 20_000 })
  db.exec(`
    pragma journal_mode = wal;
    create table if not exists counter (resource text primary key, value integer, token integer);
    create table if not exists refusal (token integer);
    create table if not exists effect (
      resource text, token integer, pid integer, began real, ended real, era text, found integer, made integer
    );
  `)
  const atomically = <Result>(work: () => Result): Result => {
    db.exec('begin immediate')
    try {
      return work()
    } finally {
      db.exec('commit')
    }
  }
  const select = db.prepare('select value, token from counter where resource = ?')
  const isStale = ({ token, resources }: Under): boolean => {
    const isNewer = (resource: string): boolean => Number(select.get(resource)?.['token'] ?? 0) > token
    if (kind === 'unfenced' || !resources.some(isNewer)) return false
    db.prepare('insert into refusal values (?)').run(token)
    return true
  }
  const count = (sql: string): number => Number(db.prepare(sql).get()?.['n'] ?? 0)
  const learn = db.prepare(
    'insert into counter values (?1, 0, ?2) on conflict (resource) do update set token = max(token, ?2)',
  )
  const store = db.prepare('update counter set value = ? where resource = ?')
  const insert = db.prepare('insert into effect values (?, ?, ?, ?, ?, ?, ?, ?)')
  return {
    begin: (under) =>
      atomically(() => {
        if (isStale(under)) return 'refused'
        for (const resource of under.resources) learn.run(resource, under.token)
        const values = under.resources.map((resource) => Number(select.get(resource)?.['value']))
        return { values, at: systemClock.monotonicMs() }
      }),
    write: (under, begun) =>
      atomically(() => {
        if (isStale(under)) return 'refused'
        const { bootId } = ownProcess()
        const endedAt = systemClock.monotonicMs()
        for (const [index, resource] of under.resources.entries()) {
          const found = begun.values[index] ?? 0
          store.run(found + 1, resource)
          insert.run(resource, under.token, process.pid, begun.at, endedAt, bootId, found, found + 1)
        }
        return 'written'
      }),
    written: () => count('select count(*) as n from effect'),
    tally: () => {
      const value = count('select sum(value) as n from counter')
      const written = count('select count(*) as n from effect')
      return {
        value,
        written,
        lost: written - value,
        refused: count('select count(*) as n from refusal'),
        overlaps: count(
          'select count(*) as n from effect a join effect b on a.resource = b.resource and a.rowid < b.rowid ' +
            'and (a.token <> b.token or a.pid <> b.pid) and a.began < b.ended and b.began < a.ended',
        ),
      }
    },
    effects: () =>
      db
        .prepare('select * from effect order by rowid')
        .all()
        .map((row): EffectRecord => {
          const era = String(row['era'])
          return {
            resource: String(row['resource']),
            token: Number(row['token']),
            began: { ms: Number(row['began']), era },
            ended: { ms: Number(row['ended']), era },
            change: { from: Number(row['found']), to: Number(row['made']) },
          }
        }),
    [Symbol.dispose]: () => db.close(),
  }
}
