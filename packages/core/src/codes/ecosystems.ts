import type { CodeEntry } from '../code-entry.ts'
import { exitCodes } from '../exit.ts'

export const ecosystemsCodes = {
  REGISTRY_UNREACHABLE: {
    meaning: 'The registry did not answer, or answered something that says nothing about the package.',
    remedy: 'Nothing is known about the package there; try again.',
    exit: exitCodes.unreachable,
    retryable: true,
  },
  REGISTRY_UNDECIDED: {
    meaning: 'The registry of a package comes from a setting that cannot be read completely.',
    remedy: 'Set the variable it names, or put the registry into publishConfig of the package.',
    exit: exitCodes.preflight,
  },
  SETTINGS_VARIABLE_REFUSED: {
    meaning:
      'Settings of a repository ask for a variable of your environment that was not given to it; nothing was sent.',
    remedy:
      'Declare the registry in lanes.yaml (publish: registry:) and let its credential ask for NPM_TOKEN or NODE_AUTH_TOKEN, or declare the variable under env: of that repo.',
    exit: exitCodes.preflight,
  },
  PACKAGE_INVALID: {
    meaning: 'A package has a name, a version or a registry with which nothing can be published.',
    remedy: 'Correct it in the manifest that is named.',
    exit: exitCodes.preflight,
  },
  PUBLISH_CYCLE: {
    meaning: 'Packages of one repository need each other in a circle, so no order publishes them safely.',
    remedy: 'Break the circle it shows, or publish them as one package.',
    exit: exitCodes.preflight,
  },
  PACK_FAILED: {
    meaning: 'A package could not be packed, or the tarball is not what was asked for.',
    remedy: 'Read the output of the package manager in the details; nothing was published.',
    exit: exitCodes.preflight,
  },
  PUBLISH_CONFLICT: {
    meaning: 'The registry already holds this version.',
    remedy: 'Compare its integrity with what was packed: equal is done, different needs a new version.',
    exit: exitCodes.expectedState,
  },
  PUBLISH_AUTH: {
    meaning: 'The registry does not accept our credentials for this package.',
    remedy:
      'Log in with npm login, or check that the token may publish this package; a 404 on a publish means this too.',
    exit: exitCodes.failed,
  },
  PUBLISH_OTP: {
    meaning: 'The registry asks for a one-time password, which only a person can give.',
    remedy: 'A maintainer types the command that is printed, then resume; or stage it (staged: true).',
    exit: exitCodes.approval,
  },
  PUBLISH_REFUSED: {
    meaning: 'The registry or its client refused this tarball for good.',
    remedy: 'Read the answer in the details; repeating it will not help.',
    exit: exitCodes.failed,
  },
  FILE_UNREADABLE: {
    meaning:
      'A manifest, lockfile or workspace file cannot be parsed, so nothing is known about what it holds.',
    remedy: 'Repair it in its repository (conflict marks are the usual cause), then try again.',
    exit: exitCodes.preflight,
  },
  ADOPT_NOT_VISIBLE: {
    meaning: 'The package manager of a consumer does not see the published version yet.',
    remedy: 'Wait for the registry to show it everywhere, then try again.',
    exit: exitCodes.failed,
    retryable: true,
  },
  ADOPT_FAILED: {
    meaning: 'The package manager of a consumer could not bring the version into its lockfile.',
    remedy: 'Read the output of the package manager in the details.',
    exit: exitCodes.failed,
  },
  TRY_FAILED: {
    meaning: 'The packed artifact could not be installed in a consumer.',
    remedy: 'Read the output of the package manager in the details; nothing was published.',
    exit: exitCodes.preflight,
  },
} as const satisfies Record<string, CodeEntry>
