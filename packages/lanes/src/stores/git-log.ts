import type { Log, LogEntry } from '../store.ts'
import { decodeRecord, encodeRecord } from './git-envelope.ts'
import { gitUnit, logNames, recordPath, seqOf, shardsFrom, treeFolders } from './git-names.ts'
import type { GitRepository } from './git-repository.ts'
import { type Step, swapUnit } from './git-swap.ts'
import { unitsBelow } from './git-units.ts'

/** Keeps everything: the chain of commits is history. */
export function makeGitLog(repository: GitRepository, estate: string | null): Log {
  const append = async ({ log, seq, record }: LogEntry): Promise<'appended' | 'taken'> => {
    const unit = gitUnit(estate, log)
    const path = recordPath(unit, log, seq)
    // A slot that was taken once stays taken: what was seen last is enough to know, and to try.
    const isTaken = async (head: string | null | undefined): Promise<boolean> =>
      typeof head === 'string' && (await repository.refs().read(head, [path], repository.callMsMax)).has(path)
    const step = async (head: string | null): Promise<Step<'appended' | 'taken'>> => {
      if (await isTaken(head)) return { result: 'taken' }
      const files = new Map([[path, encodeRecord(record)]])
      return { write: { files, message: `${log}: record ${seq}` }, result: 'appended' }
    }
    return repository.call((endMs) =>
      repository.inTurn(unit, () => swapUnit(repository, unit, { endMs, isOptimistic: true, step })),
    )
  }

  return {
    append,
    read: (log, { fromSeq = 1, limit } = {}) =>
      repository.call(async () => {
        const unit = gitUnit(estate, log)
        const head = await repository.fresh(unit)
        if (head === null) return []
        const refs = repository.refs()
        const { callMsMax } = repository
        const top = await refs.names(head, treeFolders.top, callMsMax)
        const seqs: number[] = []
        for (const shard of shardsFrom(unit, log, { top, fromSeq })) {
          const files = await refs.names(head, shard, callMsMax)
          seqs.push(...files.map((file) => seqOf(shard, file)).filter((seq) => seq >= fromSeq))
          if (limit !== undefined && seqs.length >= limit) break
        }
        const wanted = seqs.sort((one, other) => one - other).slice(0, limit)
        const texts = await refs.read(
          head,
          wanted.map((seq) => recordPath(unit, log, seq)),
          callMsMax,
        )
        return wanted.flatMap((seq): LogEntry[] => {
          const text = texts.get(recordPath(unit, log, seq))
          return text === undefined
            ? []
            : [{ log, seq, record: decodeRecord(text, `record ${seq} of ${log}`) }]
        })
      }),
    list: (prefix) =>
      repository.call(async (endMs) => {
        const logs: string[] = []
        for (const { unit, head } of await unitsBelow(repository, { estate, prefix, endMs })) {
          const names = await repository.refs().names(head, treeFolders.top, repository.callMsMax)
          logs.push(...logNames(unit, names))
        }
        return logs.filter((log) => log.startsWith(prefix)).sort()
      }),
  }
}
