import { describe, expect, it } from 'vitest'
import type { ConsumerJourney } from '../journey.ts'
import { deploy } from './deploy.ts'

describe('deploying', () => {
  it.each(['git_push', 'github_workflow'])(
    'says that it cannot deploy by %s yet: DEPLOY_UNSUPPORTED',
    async (kind) => {
      const traveller = {
        name: 'shop',
        consumer: { consumer: { deploy: { strategy: { kind }, after: [] } } },
      } as unknown as ConsumerJourney

      await expect(deploy.run(traveller)).rejects.toMatchObject({ code: 'DEPLOY_UNSUPPORTED', exit: 3 })
    },
  )
})
