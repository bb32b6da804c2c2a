import { describe, expect, it } from 'vitest'
import { openTarget } from '../deploy/open-target.ts'
import type { DeployPlace } from '../deploy/ports.ts'

describe('deploying', () => {
  it('says that it cannot deploy by github_workflow yet: DEPLOY_UNSUPPORTED', () => {
    const place = {
      name: 'shop',
      deploy: { strategy: { kind: 'github_workflow' } },
    } as unknown as DeployPlace

    expect(() => openTarget(place)).toThrow(expect.objectContaining({ code: 'DEPLOY_UNSUPPORTED', exit: 3 }))
  })
})
