import type { Store } from '../store.ts'
import { startCallTime } from './call-time.ts'
import { parseS3Address } from './s3-address.ts'
import { makeS3Documents } from './s3-documents.ts'
import { makeS3Keys } from './s3-keys.ts'
import { makeS3Log } from './s3-log.ts'
import { openS3Objects } from './s3-objects.ts'
import { probeS3, requireHonestS3 } from './s3-probe.ts'
import { makeS3Register, pollMsMax } from './s3-register.ts'
import { makeS3Riding } from './s3-riding.ts'

/**
 * Everything below one prefix of a bucket: an object per document, replaced by conditional writes, and an object per
 * slot of a log. The place is tried out before its first use. Nothing is ever deleted.
 *
 * @throws ConductError STORE_LIES, STORE_REFUSED, STORE_UNREACHABLE, STORE_UNSUPPORTED
 */
export async function openS3Store(options: {
  readonly url: string
  readonly estate: string | null
  readonly callMsMax: number
}): Promise<Store> {
  const { url, estate, callMsMax } = options
  const address = parseS3Address(url)
  const objects = await openS3Objects(address)
  const newTime = () => startCallTime({ callMsMax, shown: address.shown })
  try {
    await requireHonestS3({ objects, newTime })
  } catch (error) {
    objects.close()
    throw error
  }
  const keys = makeS3Keys(address.prefix, estate)
  const documents = makeS3Documents(objects, keys)
  const riding = makeS3Riding({ objects, keys, newTime })
  return {
    kind: 's3',
    url,
    estate,
    timekeeping: 'host_observation',
    pollMs: pollMsMax,
    register: makeS3Register({ objects, keys, documents, riding, newTime }),
    log: makeS3Log({ objects, keys, documents, newTime }),
    probe: () => probeS3({ objects, newTime }),
    [Symbol.asyncDispose]: async () => {
      await riding.settled()
      objects.close()
    },
  }
}
