import { createHash } from 'node:crypto'
import { ConductError } from '@conduct/core'
import type { CallTime } from '../stores/call-time.ts'
import type { Put, S3Objects } from '../stores/s3-objects.ts'

/**
 * Objects in memory with ETags that are MD5s and atomic conditions, for exploring by the thousand what unanswered
 * writes can lead to; the real service is what everything else is tested on.
 */
export interface MemoryS3 {
  readonly bodies: ReadonlyMap<string, string>
  /** One client: `before` runs ahead of each of its writes and says how that write goes. */
  connect(before?: (write: MemoryWrite) => WriteFault | Promise<WriteFault>): S3Objects
  /** What acts late arrives now; how many of them acted. */
  landLate(): number
}

export interface MemoryWrite {
  readonly key: string
  /** From 1, per client. */
  readonly index: number
}

/** `acts_late`: it arrives at `landLate`. */
export type WriteFault = 'none' | 'loses_answer' | 'does_nothing' | 'acts_late'

export function makeMemoryS3(): MemoryS3 {
  const bodies = new Map<string, string>()
  const late: (() => Put)[] = []
  const etagOf = (key: string): string | null => {
    const body = bodies.get(key)
    return body === undefined ? null : `"${createHash('md5').update(body).digest('hex')}"`
  }

  const connect: MemoryS3['connect'] = (before = () => 'none') => {
    let index = 0
    return {
      address: { bucket: 'memory', prefix: '', region: null, endpoint: null, shown: 's3://memory' },
      get: async (key, time, { unless } = {}) => {
        time.requestMs()
        const text = bodies.get(key)
        const etag = etagOf(key)
        if (text === undefined || etag === null) return { kind: 'absent' }
        return etag === unless ? { kind: 'same' } : { kind: 'found', etag, text }
      },
      put: async (key, text, { time, only }) => {
        time.requestMs()
        const act = (): Put => {
          const found = etagOf(key)
          const isRefused = 'ifMatch' in only ? found !== only.ifMatch : 'ifAbsent' in only && found !== null
          if (isRefused) return { kind: 'refused' }
          bodies.set(key, text)
          return { kind: 'written', etag: etagOf(key) ?? '' }
        }
        index++
        const fault = await before({ key, index })
        if (fault === 'none') return act()
        if (fault === 'loses_answer') act()
        if (fault === 'acts_late') late.push(act)
        return { kind: 'unknown', error: new ConductError('STORE_UNREACHABLE', 'fault of the test') }
      },
      list: async (prefix, time) => {
        time.requestMs()
        const keys = [...bodies.keys()].filter((key) => key.startsWith(prefix)).sort()
        return { keys: keys.map((key) => ({ key, bytes: bodies.get(key)?.length ?? 0 })), folders: [] }
      },
      sendBareETags: () => undefined,
      clock: () => null,
      close: () => undefined,
    }
  }

  return {
    bodies,
    connect,
    landLate: () => late.splice(0).filter((act) => act().kind === 'written').length,
  }
}

/** Lets so many requests through, and waits for nothing. */
export function countedTime(requestsMax: number): CallTime {
  let left = requestsMax
  return {
    requestMs: () => {
      if (left-- <= 0) throw new ConductError('STORE_UNREACHABLE', 'the time of the test is up')
      return 1000
    },
    pause: async () => undefined,
  }
}
