import { type Lease, ownProcess, type ProcessIdentity, systemClock } from '@conduct/lanes/engine'
import { endCommandsBefore, reaperGroup } from '@conduct/subprocess'

/**
 * Every command of a run ends with this process, however it ends, and before its lease does, also when this process
 * is stopped. Until the last of them is gone the claim's holder is not proved dead, so that nobody resumes a run
 * whose deploy is still under way.
 */
export function holderProcess(): ProcessIdentity {
  return { ...ownProcess(), group: reaperGroup() }
}

/** The reaper learns of a renewed deadline this often; a lease is longer by far. */
const tellEveryMs = 100

/**
 * From now on commands end before this lease does, until it is over or the result is called. A deadline is one of the
 * host's clocks, whatever time a run goes by.
 */
export function endCommandsWithLease(lease: Lease): () => void {
  const tell = (): void => {
    const { monotonicMs, bootMs, stopMs } = lease.deadline()
    const leftMs = Math.min(monotonicMs - systemClock.monotonicMs(), bootMs - systemClock.bootMs())
    endCommandsBefore({ leftMs, stopMs })
  }
  tell()
  const telling = setInterval(tell, tellEveryMs).unref()
  return () => {
    clearInterval(telling)
    endCommandsBefore(null)
  }
}
