import type { RegistriesLook, RegistryLook } from '@conduct/conductor'
import { type DoctorCheck, type DoctorSection, okCheck, unreachableCheck } from './check.ts'
import type { Found } from './look.ts'

/** One section per registry: who we are there, whether our credential goes on being fit, and what we may publish. */
export function describeRegistries({ registries, unseen }: RegistriesLook): Found {
  const sections: readonly DoctorSection[] = registries.map((look) => ({
    section: 'registry',
    about: `${look.registry} for ${look.packages.join(', ')}`,
    checks: [identityCheck(look), ...credentialChecks(look), ...stagingChecks(look), ...rightChecks(look)],
  }))
  if (unseen.length > 0) return [...sections, unseenSection(unseen)]
  return sections.length === 0 ? 'No train publishes from this machine.' : sections
}

function unseenSection(unseen: readonly string[]): DoctorSection {
  const checks = unseen.map((repo) => ({
    check: repo,
    verdict: 'unknown' as const,
    detail: 'Neither a checkout nor a mirror of it is here, so what it publishes, and where, is not known.',
    remedy: `Declare repos.${repo}.path in lanes.yaml, or plan a train once: that fetches it.`,
  }))
  return { section: 'registry', about: 'of producers that are not on this machine', checks }
}

function identityCheck({ registry, identity }: RegistryLook): DoctorCheck {
  if ('unknown' in identity) return unreachableCheck('identity', identity.unknown)
  if (identity.name === null) {
    const remedy = `Log in there, with npm login --registry ${registry} for one.`
    return { check: 'identity', verdict: 'failed', detail: 'Nobody is logged in.', remedy }
  }
  return okCheck('identity', `We are ${identity.name} there.`)
}

const verdicts = { fit: 'ok', ends: 'ok', unfit: 'failed', unknown: 'unknown' } as const

function credentialChecks({ credential }: RegistryLook): readonly DoctorCheck[] {
  if (credential === null) return []
  const { verdict, detail, remedy } = credential
  return [{ check: 'credential', verdict: verdicts[verdict], detail, remedy }]
}

function stagingChecks({ staging }: RegistryLook): readonly DoctorCheck[] {
  if (staging === null) return []
  const detail = `${staging.text}.`
  if (staging.isAble) return [okCheck('staging', detail)]
  return [{ check: 'staging', verdict: 'failed', detail, remedy: 'Install that version or a newer one.' }]
}

function rightChecks({ rights, registry }: RegistryLook): readonly DoctorCheck[] {
  return rights.map(({ package: name, right }) => {
    switch (right.right) {
      case 'yes':
        return okCheck(name, `We may publish it: ${right.because}.`)
      case 'no': {
        const remedy = `Ask its owners at ${registry} for the right to publish, or log in as somebody who has it.`
        return { check: name, verdict: 'failed', detail: `We may not publish it: ${right.because}.`, remedy }
      }
      case 'new':
        return okCheck(name, 'The registry has never seen it: a run publishes it for the first time.')
      case 'unknown':
        return {
          check: name,
          verdict: 'unknown',
          detail: `Whether we may publish it: ${right.reason}.`,
          remedy: null,
        }
      default:
        return right satisfies never
    }
  })
}
