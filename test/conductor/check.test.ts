import { afterEach, beforeEach, expect, test } from 'vitest'
import { createConductor } from '@conduct/conductor'
import { type TestEstate, testEstate } from './estate.ts'

let world: TestEstate
afterEach(() => world[Symbol.asyncDispose]())

async function run(
  overrides: { check: string; repo: string; reason: string }[] = [],
  changes: { readonly lanesYaml?: (text: string) => string } = {},
) {
  const conductor = createConductor(await world.conductor(changes))
  return await conductor.runTrain({ train: 'engine', waitMsMax: 0, approve: true, overrides })
}

beforeEach(async () => {
  world = await testEstate()
})

test('red checks of the producer stop the run before anything is changed, and the setups of consumers beside them', async () => {
  await world.push('engine', {
    'broken.test.js':
      "import { test } from 'node:test'\ntest('is red', () => {\n  throw new Error('the sum is wrong')\n})\n",
  })
  const before = await world.snapshot()
  // The first check waits until a consumer is being set up, which would take ten minutes. (It was set up before, to be
  // asked what runs there.)
  const [asked, begun] = [`${world.estate.dir}/was-asked`, `${world.estate.dir}/setup-has-begun`]
  const setup = `{ shell: 'mkdir ${asked} 2>/dev/null || { touch ${begun}; sleep 600; }' }`
  const wait = `{ shell: 'for i in $(seq 600); do [ -e ${begun} ] && exit 0; sleep 0.1; done; exit 1' }`

  const { record, exit } = await run([], {
    lanesYaml: (text) =>
      text
        .replace(/(shop:[^]*?)setup: \[[^\]]*\]/, `$1setup: [${setup}]`)
        .replace(/(engine:[^]*?)checks: \[npm test\]/, `$1checks: [${wait}, npm test]`),
  })

  expect(exit).toBe(3)
  expect(record.stop).toMatchObject({ code: 'CHECK_FAILED', phase: 'check' })
  expect(record.stop?.message).toMatch(/^engine: npm test: exit code 1\n/)
  expect(record.stop?.message).toContain('the sum is wrong')
  expect(await world.snapshot()).toBe(before)
})

test('the packed artifact is tried in every consumer at the same time, and then an approval is asked for', async () => {
  // Each consumer's check waits for the other's, and gives up after 60 seconds: one after the other would fail.
  const meeting = `${world.estate.dir}/meeting`
  const meet = (name: string) =>
    `{ shell: 'mkdir -p ${meeting}; touch ${meeting}/${name}; for i in $(seq 600); do [ "$(ls ${meeting} | wc -l)" = 2 ] && exit 0; sleep 0.1; done; exit 1' }`
  const conductor = createConductor(
    await world.conductor({
      lanesYaml: (text) =>
        text
          .replace(/checks: \[pnpm test\]/, `checks: [${meet('shop')}]`)
          .replace(/(admin:[^]*?)checks: \[npm test\]/, `$1checks: [${meet('admin')}]`),
    }),
  )

  const { record, exit } = await conductor.runTrain({ train: 'engine', waitMsMax: 0 })

  expect({ exit, stop: record.stop?.code }).toEqual({ exit: 6, stop: 'APPROVAL_MISSING' })
  expect(record.steps.filter(({ kind }) => kind === 'check').map(({ state }) => state)).toEqual([
    'done',
    'done',
    'done',
  ])
})

test('a live version with another integrity stops the run, whatever is overridden', async () => {
  await world.publish({
    'package.json': JSON.stringify({
      name: '@rehearsal/engine',
      version: '1.1.0',
      type: 'module',
      exports: './index.js',
    }),
    'index.js': 'export const version = "1.1.0"\n',
  })
  const before = await world.snapshot()

  const { record, exit } = await run([{ check: 'version_free', repo: 'engine', reason: 'we know' }])

  expect(exit).toBe(3)
  expect(record.stop).toMatchObject({ code: 'INTEGRITY_MISMATCH', phase: 'check' })
  expect(record.stop?.message).toMatch(
    /@rehearsal\/engine@1\.1\.0 is live at .* as sha512-.*; packed .* it is sha512-/,
  )
  expect(await world.snapshot()).toBe(before)
})

test('a package that is live already is compared with what is packed, also beside one that is free', async () => {
  await world[Symbol.asyncDispose]()
  world = await testEstate('full', [{ name: 'shop', manager: 'pnpm' }])
  await world.publish({
    'package.json': JSON.stringify({
      name: '@rehearsal/money',
      version: '1.1.0',
      type: 'module',
      exports: './index.js',
    }),
    'index.js': 'export const version = "1.1.0"\n',
  })

  // What is tested is the packing: nobody is asked at a forge.
  const lanesYaml = (text: string) =>
    text
      .replaceAll(/forge: \{.*\}/gu, 'forge: none')
      .replaceAll('via: pull_request, within: 2m', 'via: push')
      .replaceAll(', staged: true', '')
  const { record, exit } = await run([], { lanesYaml })

  expect(exit).toBe(3)
  expect(record.stop).toMatchObject({ code: 'INTEGRITY_MISMATCH', phase: 'check' })
  expect(record.stop?.message).toContain('@rehearsal/money@1.1.0')
  expect(record.stop?.message).not.toContain('@rehearsal/engine@1.1.0')
})

test('a catch-up train tries what is published already, and a consumer that breaks with it is named', async () => {
  const engine = JSON.parse(await world.read('engine', 'package.json')) as {
    exports: object
    files: string[]
  }
  await world.publish({
    'package.json': JSON.stringify(engine),
    'index.js': 'export const version = "1.1.0"\n',
    'index.d.ts': '',
  })
  const before = await world.snapshot()
  const conductor = createConductor(await world.conductor())

  const { record, exit } = await conductor.runTrain({
    train: 'engine',
    version: '1.1.0',
    only: ['shop'],
    waitMsMax: 0,
    approve: true,
  })

  expect(exit).toBe(3)
  expect(record.stop?.code).toBe('CHECK_FAILED')
  expect(record.stop?.message).toMatch(/^shop: pnpm test: exit code 1$/m)
  expect(record.leftOut).toEqual(['admin'])
  expect(await world.snapshot()).toBe(before)
})

test('a catch-up train to a version that is not live is refused', async () => {
  const conductor = createConductor(await world.conductor())

  const plan = await conductor.planTrain({ train: 'engine', version: '9.9.9' })

  const red = plan.repos.flatMap(({ preflight }) => preflight).filter(({ verdict }) => verdict === 'red')
  expect(red).toMatchObject([
    { check: 'version_live', detail: expect.stringContaining('9.9.9 is not live') as string },
  ])
})
