import { type ConductError, isConductError } from '@conduct/core'
import { describeStoreUrl, openStore, type Store, type Timekeeping } from '@conduct/lanes/engine'
import { type DoctorCheck, type DoctorSection, failedCheck } from './check.ts'

/**
 * Opens the store and lets it look at what one-at-a-time rests on there.
 *
 * @param use what else needs the open store: further sections, in order.
 */
export async function lookAtStore(
  options: { readonly url: string; readonly estate: string | null; readonly env: NodeJS.ProcessEnv },
  use: (store: Store) => Promise<readonly DoctorSection[]>,
): Promise<readonly DoctorSection[]> {
  const { url, estate, env } = options
  const address = describeStoreUrl(url)
  const about = estate === null ? address : `${address}, estate ${estate}`
  const section = (checks: readonly DoctorCheck[], error?: ConductError): DoctorSection => ({
    section: 'store',
    about,
    checks,
    ...(error === undefined ? {} : { error }),
  })
  const checks: DoctorCheck[] = []
  try {
    await using store = await openStore(url, { env, ...(estate === null ? {} : { estate }) })
    checks.push({ check: 'open', verdict: 'ok', detail: openText(store), remedy: null })
    checks.push(...(await store.probe()))
    return [section(checks), ...(await use(store))]
  } catch (error) {
    if (!isConductError(error)) throw error
    checks.push(failedCheck(checks.length === 0 ? 'open' : 'probe', error))
    return [section(checks, error)]
  }
}

function openText({ kind, timekeeping }: Store): string {
  return `A ${kindNames[kind]} store; ${timeTexts[timekeeping]}.`
}

const kindNames = { sqlite: 'SQLite', postgres: 'Postgres', s3: 'S3', git: 'git' } as const

const timeTexts: Readonly<Record<Timekeeping, string>> = {
  store_clock: 'it has one clock, which decides when a lease has lapsed',
  host_observation: 'it has no clock: a lease lapses when a host saw it unchanged for its ttl and margin',
  process_observation:
    'it has no clock: a lease lapses when one process that keeps watching saw it unchanged for its ttl and margin',
}
