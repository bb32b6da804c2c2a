import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Step } from './runner/action-file.ts'
import { use } from './start-job.ts'
import { makeWorkplace } from './workplace.ts'

const exec = (inputs: Readonly<Record<string, string>>): Step =>
  use('exec', { lane: 'site', ...inputs }, { id: 'lane' })

describe.concurrent('commands under a lane', () => {
  it('run with the lease and its token, and their end is that of the step', async () => {
    using place = makeWorkplace()

    const done = await place.run({
      steps: [exec({ run: 'echo "token $CONDUCT_TOKEN"\nfalse | true\necho never' })],
    })
    const passed = await place.run({ steps: [exec({ run: 'echo one && env > "$RUNNER_TEMP/env"' })] })
    const outside = await place.ana('lane', 'history', 'site')

    expect(done).toMatchObject({
      conclusion: 'failure',
      steps: { lane: { outputs: { outcome: 'acquired', exit_code: '1' } } },
    })
    expect(done.log).toMatch(/^token \d+$/m)
    expect(done.log).not.toContain('never')
    expect(passed).toMatchObject({ conclusion: 'success', steps: { lane: { outputs: { exit_code: '0' } } } })
    expect(passed.summary).toContain('was held while the commands ran')
    expect(readFileSync(join(place.path, 'job-2', 'temp', 'env'), 'utf8')).not.toMatch(/^INPUT_/m)
    expect(JSON.stringify(outside)).toContain('action:7001:1')
    expect(await place.holders('site')).toEqual([])
  })

  it('end when the job is cancelled, and the lane is free', async () => {
    using place = makeWorkplace()
    const job = place.start({ steps: [exec({ run: 'echo "working as $$"; exec sleep 600' })] })
    await job.said('working as')
    const pid = Number(/working as (\d+)/.exec(job.output())?.[1])
    const during = await place.holders('site')

    job.cancel()
    const result = await job.ended

    expect(during).toMatchObject([{ holder: 'action:7001:1' }])
    expect(result?.conclusion).toBe('cancelled')
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(await place.holders('site')).toEqual([])
  })

  it('do not run while another holds it; run without it where there is no store and lanes.yaml lets them', async () => {
    using place = makeWorkplace()
    using nowhere = makeWorkplace({ store: 'sqlite' })
    await place.ana('lane', 'acquire', 'site')

    const held = await place.run({ steps: [exec({ run: 'echo ran', wait: '0s' })] })
    const without = await nowhere.run({ steps: [exec({ lane: 'seeds', run: 'echo ran' })] })
    const refused = await nowhere.run({ steps: [exec({ run: 'echo ran' })] })

    expect(held).toMatchObject({
      conclusion: 'failure',
      steps: { lane: { outputs: { outcome: 'held_by_other', exit_code: '' } } },
    })
    expect(held.log).not.toMatch(/^ran$/m)
    expect(without).toMatchObject({
      conclusion: 'success',
      steps: { lane: { outputs: { outcome: 'store_disabled', exit_code: '0', error: 'STORE_DISABLED' } } },
    })
    expect(without.log).toMatch(/^ran$/m)
    expect(without.summary).toContain('is not held')
    expect(refused).toMatchObject({
      conclusion: 'failure',
      steps: { lane: { outputs: { outcome: 'error' } } },
    })
    expect(refused.log).not.toMatch(/^ran$/m)
  })
})

describe('words of a pull request that try to be a script', () => {
  const evil =
    '$(touch pwned)`touch pwned`"; touch pwned; echo "\'\n::error::pwned\n::set-output name=x::y\ntouch pwned'
  const github = { event: { pull_request: { title: evil, head: { ref: evil } } } }
  const title = '${{ github.event.pull_request.title }}'

  it('do nothing, whichever input they reach; put into a script by a workflow they would', async () => {
    using place = makeWorkplace()

    const result = await place.run({
      github,
      steps: [
        use('hold', { lane: 'site', reason: title, task: '${{ github.event.pull_request.head.ref }}' }),
        use(
          'exec',
          { lane: 'strict', task: title, run: 'echo "$TITLE" > /dev/null; ls' },
          { env: { TITLE: title } },
        ),
        { ...use('exec', { lane: title, run: 'true' }), if: 'always()' },
        {
          ...use('hold', { lane: 'site', config: title, working_directory: title, program: title }),
          if: 'always()',
        },
        { run: 'ls', if: 'always()' },
      ],
    })
    const listed = result.log
    const control = await place.run({
      github,
      steps: [{ run: `echo "${title}"` }, { run: 'ls', if: 'always()' }],
    })

    expect(listed.split('\n')).not.toContain('pwned')
    expect(listed).not.toMatch(/^::(?:error|set-output)[^\n]*::(?:pwned|y)$/m)
    expect(control.log.split('\n')).toContain('pwned')
  })
})
