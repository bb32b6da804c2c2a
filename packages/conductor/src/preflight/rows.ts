import type { Row } from './row.ts'
import { row as adoptable } from './rows/adoptable.ts'
import { row as approval } from './rows/approval.ts'
import { row as blockingLabel } from './rows/blocking-label.ts'
import { row as branchProtection } from './rows/branch-protection.ts'
import { row as canConduct } from './rows/can-conduct.ts'
import { row as checkout } from './rows/checkout.ts'
import { row as ciVerdict } from './rows/ci-verdict.ts'
import { row as credentialVariables } from './rows/credential-variables.ts'
import { row as deployCommand } from './rows/deploy-command.ts'
import { row as firstPublish } from './rows/first-publish.ts'
import { row as forgeIdentity } from './rows/forge-identity.ts'
import { row as forgeRelease } from './rows/forge-release.ts'
import { row as main } from './rows/main.ts'
import { row as packageTool } from './rows/package-tool.ts'
import { row as members } from './rows/members.ts'
import { row as previous } from './rows/previous.ts'
import { row as publishCredential } from './rows/publish-credential.ts'
import { row as registryIdentity } from './rows/registry-identity.ts'
import { row as registry } from './rows/registry.ts'
import { row as releaseAge } from './rows/release-age.ts'
import { row as remote } from './rows/remote.ts'
import { row as schemaChanges } from './rows/schema-changes.ts'
import { row as siblings } from './rows/siblings.ts'
import { row as staging } from './rows/staging.ts'
import { row as storeClock } from './rows/store-clock.ts'
import { row as tagFree } from './rows/tag-free.ts'
import { row as unpublishedBranches } from './rows/unpublished-branches.ts'
import { row as unpublishedCheckout } from './rows/unpublished-checkout.ts'
import { row as unpublishedMain } from './rows/unpublished-main.ts'
import { row as verifyUrl } from './rows/verify-url.ts'
import { row as versionFree } from './rows/version-free.ts'
import { row as versionLive } from './rows/version-live.ts'
import { row as versionOrder } from './rows/version-order.ts'
import { row as workflow } from './rows/workflow.ts'

/** The matrix, in the order in which it is shown. Who each row asks, its `over` says. */
export const rows: readonly Row[] = [
  remote,
  main,
  checkout,
  ciVerdict,
  branchProtection,
  forgeIdentity,
  blockingLabel,
  registry,
  credentialVariables,
  registryIdentity,
  publishCredential,
  firstPublish,
  staging,
  versionFree,
  versionLive,
  versionOrder,
  siblings,
  tagFree,
  forgeRelease,
  members,
  adoptable,
  unpublishedMain,
  unpublishedBranches,
  unpublishedCheckout,
  releaseAge,
  packageTool,
  deployCommand,
  workflow,
  previous,
  verifyUrl,
  schemaChanges,
  storeClock,
  approval,
  canConduct,
]
