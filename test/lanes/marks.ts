import { DatabaseSync } from 'node:sqlite'
import { type EffectRecord, ownProcess, systemClock } from '@conduct/lanes/engine'

/** A board on which holders of sets mark each resource as theirs for as long as they hold it. */
export interface Marks extends Disposable {
  put(resources: readonly string[], token: number): Marked
  takeBack(marked: Marked): void
  areOthersThere(): boolean
  /** Every mark that was taken back, as an effect on its resource, in the order they were made. */
  effects(): readonly EffectRecord[]
}

export interface Marked {
  readonly token: number
  readonly began: number
  /** Resources on which somebody else's mark stood. */
  readonly conflicts: number
}

export function openMarks(path: string): Marks {
  const db = new DatabaseSync(path, { timeout: 10_000 })
  db.exec(`
    pragma journal_mode = wal;
    create table if not exists mark (resource text primary key, pid integer);
    create table if not exists past (resource text, token integer, began real, ended real, era text);
  `)
  return {
    put: (resources, token) => {
      const began = systemClock.monotonicMs()
      let conflicts = 0
      for (const resource of resources) {
        const { changes } = db.prepare('insert or ignore into mark values (?, ?)').run(resource, process.pid)
        if (Number(changes) !== 1) conflicts += 1
      }
      return { token, began, conflicts }
    },
    takeBack: ({ token, began }) => {
      db.prepare('insert into past select resource, ?, ?, ?, ? from mark where pid = ?').run(
        token,
        began,
        systemClock.monotonicMs(),
        ownProcess().bootId,
        process.pid,
      )
      db.prepare('delete from mark where pid = ?').run(process.pid)
    },
    areOthersThere: () =>
      Number(db.prepare('select count(*) as n from mark where pid <> ?').get(process.pid)?.['n']) > 0,
    effects: () =>
      db
        .prepare('select * from past order by rowid')
        .all()
        .map((row): EffectRecord => {
          const era = String(row['era'])
          return {
            resource: String(row['resource']),
            token: Number(row['token']),
            began: { ms: Number(row['began']), era },
            ended: { ms: Number(row['ended']), era },
            change: null,
          }
        }),
    [Symbol.dispose]: () => db.close(),
  }
}
