import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startConduct } from '../conduct-process.ts'
import { deployEstate, oldSha } from '../conductor/deploy-estate.ts'

describe('conduct compensate', () => {
  it('shows the way back without taking it, takes it with --yes, and has then nothing left to do', async () => {
    await using estate = await deployEstate(['shop'])
    const path = join(estate.dir, 'lanes.yaml')
    const lanesYaml = estate.lanesYaml({ deploy: 'after: [bin/deploy --current]' })
    await writeFile(path, `${lanesYaml}store: "${estate.storeUrl}"\n`)
    const conduct = (...argv: readonly string[]) =>
      startConduct(['-c', path, '--as', 'cli:ana', ...argv], {
        cwd: estate.dir,
        env: { XDG_CACHE_HOME: join(estate.dir, 'cache'), XDG_STATE_HOME: join(estate.dir, 'xdg') },
      }).ended
    const head = await estate.head('shop')
    const ran = await conduct('run', 'engine', '--json')
    expect({ exit: ran.exit, running: await estate.running('shop') }).toEqual({ exit: 0, running: head })
    const { run } = JSON.parse(ran.stdout) as { readonly run: string }

    const shown = await conduct('compensate', run)
    const asJson = await conduct('compensate', run, '--json')

    expect(shown.exit).toBe(0)
    expect(shown.stdout).toMatch(/Cannot be undone:\n {2}shop: what bin\/deploy --current did stays/)
    expect(shown.stdout).toMatch(/Would be taken back, in this order:\n {2}shop: deploy 0{40} again/)
    expect(shown.stdout.trimEnd()).toMatch(new RegExp(`Next: .*compensate ${run} --yes$`))
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      ok: true,
      run,
      state: 'done',
      undone: 'no',
      compensation: [
        { id: 'redeploy:shop', undoes: 'deploy:shop', outlook: 'to_do' },
        { kind: 'stays', outlook: 'stays' },
      ],
    })
    expect(await estate.running('shop')).toBe(head)

    const taken = await conduct('compensate', run, '--yes', '--json')
    const again = await conduct('compensate', run, '--yes')

    expect({ exit: taken.exit, said: JSON.parse(taken.stdout) as unknown }).toMatchObject({
      exit: 0,
      said: {
        state: 'compensated',
        undone: 'yes',
        deployed: [{ repo: 'shop', sha: head, rolled_back: { outcome: 'rolled_back', running: oldSha } }],
        next: null,
      },
    })
    expect({ exit: again.exit, text: again.stdout }).toMatchObject({
      exit: 0,
      text: expect.stringContaining('taken back') as string,
    })
    expect(await estate.running('shop')).toBe(oldSha)
    expect(await estate.sent('shop')).toEqual([head, oldSha])
  })
})
