import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseLanesYaml } from '@conduct/config'
import { type ForgeRepository, openForges, present, unknown } from '@conduct/forge'
import type { Mirror } from '@conduct/git'
import { systemClock } from '@conduct/lanes/engine'
import { expect, test } from 'vitest'
import type { ConductorOptions } from '../api.ts'
import { atForge, greenVerdict } from '../preflight/forge-fixture.ts'
import { commitOf } from '../survey-fixture.ts'
import { statusAtForge } from './status-at-forge.ts'

const text = `version: 1
estate: acme
people: { ana: {} }
repos:
  engine: { remote: "https://github.example/acme/engine.git", forge: { github: "https://github.example" } }
  shop: { remote: "file:///nowhere/shop.git", main: main }
lanes:
  release_train: { use: release_train, captains: [ana] }
trains:
  engine:
    blocking_label: release-blocker
    producer: { repo: engine }
    consumers: [{ repo: shop }]
`

/** What is shown of the one repo, when its forge says this of issues with the label. */
async function shown(blocking: Awaited<ReturnType<ForgeRepository['readBlocking']>>) {
  const { config, findings } = parseLanesYaml({ file: '/lanes.yaml', text })
  if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
  const forge = atForge({
    readOpenPullRequests: async () => present([]),
    readVerdict: async () => greenVerdict,
    readBlocking: async () => blocking,
  })
  const conductor = { config, askForge: async () => forge } as unknown as ConductorOptions
  const mirror = { defaultBranch: async () => 'main', remoteHead: async () => commitOf('a') }
  const [status] = await statusAtForge(conductor, async () => mirror as unknown as Mirror)
  return status
}

test('nothing blocks a release only where the forge was heard; else that is not known, and why', async () => {
  expect(await shown(present([]))).toMatchObject({ blocking: [], unknown: [] })
  expect(await shown(unknown('github.example answered 503', true))).toMatchObject({
    checks: { verdict: 'green' },
    blocking: null,
    unknown: ['github.example answered 503'],
  })
})

test('a forge that never answers holds nobody up: each repo says that it was not heard', async () => {
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const hanging = text.replaceAll(
    /(engine|shop): \{ .*\}$/gmu,
    (_line, name: string) =>
      `${name}: { remote: "file:///nowhere/acme/${name}.git", forge: { github: ${JSON.stringify(url)} } }`,
  )
  const { config } = parseLanesYaml({ file: '/lanes.yaml', text: hanging })
  const ended = new AbortController()
  const askForge = openForges({
    env: { GH_ENTERPRISE_TOKEN: 'ghp_0123456789abcdefghijABCDEFGHIJ012345' },
    clock: systemClock,
    signal: ended.signal,
  })
  const conductor = { config, askForge } as unknown as ConductorOptions

  const seen = await statusAtForge(conductor, () => new Promise<Mirror>(() => undefined), { withinMs: 100 })

  const unheard = { checks: null, pullRequests: null, notAsked: null }
  expect(seen).toMatchObject([
    { ...unheard, repo: 'engine', unknown: ['its forge was not heard within 0.1s'] },
    { ...unheard, repo: 'shop', unknown: ['its forge was not heard within 0.1s'] },
  ])
  ended.abort()
  silent.closeAllConnections()
  silent.close()
})
