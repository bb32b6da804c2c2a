import { execFile } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crashPositions } from '@conduct/conductor'
import { describe, expect, it } from 'vitest'
import { deployByWorkflow } from './deploy-by-workflow.ts'
import { type DeployEstate, deployEstate } from './deploy-estate.ts'
import { dispatchByHand } from './dispatch-by-hand.ts'
import type { ForgeInTest } from './forge-in-test.ts'
import { openConductor } from './open-conductor.ts'
import { runChild } from './run-child.ts'

const run = promisify(execFile)
const declaredRun = /^ {10}run: bin\/deploy --sha \{sha\}\n/mu
const waysOfCommands = /^ {10}(?:previous|rollback): bin\/deploy.*\n/gmu

interface Strategy extends AsyncDisposable {
  readonly estate: DeployEstate
  readonly lanesYaml: string
  readonly forge?: ForgeInTest
  /** How often the platform was asked to deploy. */
  asked(): Promise<number>
}

/** A platform that deploys what its branch is sent: a hook of it puts that to work. */
async function byPush(): Promise<Strategy> {
  const estate = await deployEstate(['shop'])
  const platform = join(estate.dir, 'platform.git')
  const state = join(estate.dir, 'state')
  await run('git', ['init', '--quiet', '--bare', platform])
  const hook = join(platform, 'hooks', 'post-receive')
  await writeFile(
    hook,
    `#!/bin/sh\nread -r _ sha _\necho "$sha" >> "${state}/shop.sent"\necho "$sha" > "${state}/shop.sha"\n`,
  )
  await chmod(hook, 0o755)
  const strategy = `          strategy: { git_push: { remote: "file://${platform}", branch: production } }\n`
  return {
    estate,
    lanesYaml: estate.lanesYaml().replace(declaredRun, strategy).replaceAll(waysOfCommands, ''),
    asked: async () => (await estate.sent('shop')).length,
    [Symbol.asyncDispose]: () => estate[Symbol.asyncDispose](),
  }
}

/** `kill -9` around a deploy that somebody else's machine makes: resume finishes the run, and it was made once. */
describe.each([
  ['a push', byPush],
  ['a workflow', deployByWorkflow],
] as const)('a deploy by %s whose conductor is killed', (_by, open) => {
  it.each(crashPositions.map((position) => `deploy:${position}`))(
    'at %s is made once, and the app answers as the commit that was meant, by hand where nobody can know',
    async (point) => {
      await using strategy: Strategy = await open()
      const { estate, lanesYaml, forge } = strategy
      const base = {
        dir: estate.dir,
        storeUrl: estate.storeUrl,
        lanesYaml,
        ...(forge === undefined ? {} : { forge }),
      }

      const killed = await runChild({ ...base, at: { point, signal: 'SIGKILL' } })
      const before = killed.result?.record.stop ?? killed.stderr
      expect({ signal: killed.signal, before }).toMatchObject({ signal: 'SIGKILL' })
      const resume = await onlyRun(base)
      const first = await runChild({ ...base, resume, isHasty: true })
      // Nobody can know whether it was sent: a person looks, and sends it.
      const isOpen = forge !== undefined && point === 'deploy:intended'
      const { code = null, hint = '' } = first.result?.record.stop ?? {}
      expect({ code, asked: await strategy.asked() }).toEqual(
        isOpen ? { code: 'OUTCOME_UNKNOWN', asked: 0 } : { code: null, asked: 1 },
      )
      if (isOpen) await dispatchByHand(hint, forge)
      const resumed = isOpen ? await runChild({ ...base, resume, isHasty: true }) : first

      expect({ exit: resumed.exitCode, stop: resumed.result?.record.stop }).toEqual({ exit: 0, stop: null })
      const sha = await estate.head('shop')
      expect(resumed.result?.record.deployed).toMatchObject([{ sha, verified: 'yes' }])
      expect(await estate.running('shop')).toBe(sha)
      expect(await strategy.asked()).toBe(1)
    },
  )
})

async function onlyRun(base: Parameters<typeof openConductor>[0]): Promise<string> {
  await using opened = await openConductor(base)
  const [only] = await opened.conductor.listRuns()
  if (only === undefined) throw new Error('the run that was killed is not known')
  return only.run
}
