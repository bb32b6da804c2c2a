import { DatabaseSync } from 'node:sqlite'
import { type EffectRecord, ownProcess, systemClock } from '@conduct/lanes/engine'

/**
 * What contenders change: a counter that each of them reads, and later writes one higher. A fenced one learns the
 * token with the read and refuses every later use of an older one; an unfenced one takes whatever comes.
 */
export interface Target extends Disposable {
  begin(token: number): { readonly value: number; readonly at: number } | 'refused'
  write(token: number, begun: { readonly value: number; readonly at: number }): 'written' | 'refused'
  readonly written: () => number
  readonly tally: () => TargetTally
  /** What was written, in the order it was. */
  readonly effects: () => readonly EffectRecord[]
}

export interface TargetTally {
  readonly value: number
  readonly written: number
  readonly refused: number
  /** Pairs of written effects of different tokens or processes whose time from read to write overlaps. */
  readonly overlaps: number
}

/** The resource that everybody claims before changing it. */
export const targetResource = 'target'

export function openTarget(path: string, kind: 'fenced' | 'unfenced'): Target {
  const db = new DatabaseSync(path, { timeout: 10_000 })
  db.exec(`
    pragma journal_mode = wal;
    create table if not exists counter (id integer primary key, value integer, token integer, refused integer);
    insert or ignore into counter values (1, 0, 0, 0);
    create table if not exists effect (
      token integer, pid integer, began real, ended real, era text, found integer, made integer
    );
  `)
  const atomically = <Result>(work: (row: { value: number; token: number }) => Result): Result => {
    db.exec('begin immediate')
    try {
      const row = db.prepare('select value, token from counter').get()
      return work({ value: Number(row?.['value']), token: Number(row?.['token']) })
    } finally {
      db.exec('commit')
    }
  }
  const isStale = (token: number, highest: number): boolean => {
    if (kind === 'unfenced' || token >= highest) return false
    db.exec('update counter set refused = refused + 1')
    return true
  }
  const count = (sql: string): number => Number(db.prepare(sql).get()?.['n'])
  const insert = 'insert into effect values (?, ?, ?, ?, ?, ?, ?)'
  return {
    begin: (token) =>
      atomically((row) => {
        if (isStale(token, row.token)) return 'refused'
        db.prepare('update counter set token = max(token, ?)').run(token)
        return { value: row.value, at: systemClock.monotonicMs() }
      }),
    write: (token, { value, at }) =>
      atomically((row) => {
        if (isStale(token, row.token)) return 'refused'
        db.prepare('update counter set value = ?').run(value + 1)
        const endedAt = systemClock.monotonicMs()
        const era = ownProcess().bootId
        db.prepare(insert).run(token, process.pid, at, endedAt, era, value, value + 1)
        return 'written'
      }),
    written: () => count('select count(*) as n from effect'),
    tally: () => {
      return {
        value: count('select value as n from counter'),
        written: count('select count(*) as n from effect'),
        refused: count('select refused as n from counter'),
        overlaps: count(
          'select count(*) as n from effect a join effect b on a.rowid < b.rowid and ' +
            '(a.token <> b.token or a.pid <> b.pid) and a.began < b.ended and b.began < a.ended',
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
            resource: targetResource,
            token: Number(row['token']),
            began: { ms: Number(row['began']), era },
            ended: { ms: Number(row['ended']), era },
            change: { from: Number(row['found']), to: Number(row['made']) },
          }
        }),
    [Symbol.dispose]: () => db.close(),
  }
}
