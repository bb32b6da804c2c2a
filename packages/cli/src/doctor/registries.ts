import type { RegistryLook } from '@conduct/conductor'
import type { DoctorCheck, DoctorSection } from './check.ts'

/** One section per registry: who we are there, and whether our credential goes on being fit. */
export function describeRegistries(looks: readonly RegistryLook[]): readonly DoctorSection[] {
  return looks.map((look) => ({
    section: 'registry',
    about: `${look.registry} for ${look.packages.join(', ')}`,
    checks: [identityCheck(look), ...credentialChecks(look)],
  }))
}

function identityCheck({ registry, identity }: RegistryLook): DoctorCheck {
  if ('unknown' in identity) {
    const { message, hint } = identity.unknown
    return { check: 'identity', verdict: 'unknown', detail: message, remedy: hint }
  }
  if (identity.name === null) {
    const remedy = `Log in there, with npm login --registry ${registry} for one.`
    return { check: 'identity', verdict: 'failed', detail: 'Nobody is logged in.', remedy }
  }
  return { check: 'identity', verdict: 'ok', detail: `We are ${identity.name} there.`, remedy: null }
}

const verdicts = { fit: 'ok', ends: 'ok', unfit: 'failed', unknown: 'unknown' } as const

function credentialChecks({ credential }: RegistryLook): readonly DoctorCheck[] {
  if (credential === null) return []
  const { verdict, detail, remedy } = credential
  return [{ check: 'credential', verdict: verdicts[verdict], detail, remedy }]
}
