import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useEstates } from '../conductor/use-estates.ts'
import { expectExit, placesOf, trainProcess } from '../e2e/train-process.ts'
import { runJob, use } from './start-job.ts'

const estates = useEstates()

it('a train: stopped while another has its lane, waits for an approval, and is done by the attempt that resumes it', async () => {
  const estate = await estates.fresh()
  const train = await trainProcess(estate)
  await train.declare([['by: [ana]', 'by: [ana, carl]']])
  let attempt = 0
  const job = (inputs: Readonly<Record<string, string>>) => {
    attempt += 1
    return runJob({
      folder: join(estate.dir, `job-${attempt}`),
      workspace: estate.dir,
      attempt,
      env: placesOf(estate),
      steps: [
        use('run', { config: estate.lanesYamlPath, ...inputs }, { id: 'train' }),
        { run: 'echo went on' },
      ],
    })
  }
  const carl = { as: 'cli:carl@desk' }
  await train.conduct(['lane', 'acquire', 'release_train', '--repo', 'engine'], carl)

  const held = await job({ train: 'engine', wait: '0s' })
  await train.conduct(['lane', 'release', 'release_train'], carl)
  const waiting = await job({ train: 'engine' })
  const { run = '' } = waiting.steps['train']?.outputs ?? {}
  expectExit(await train.conduct(['approve', run], carl), 0)
  const done = await job({ resume: run })
  const wrong = await job({ train: 'engine', resume: run })

  expect(held).toMatchObject({
    conclusion: 'failure',
    steps: { train: { outputs: { outcome: 'held_by_other', held_by: 'cli:carl@desk' } } },
  })
  expect(waiting).toMatchObject({
    conclusion: 'failure',
    steps: {
      train: {
        outputs: { outcome: 'waiting_approval', state: 'waiting_approval', error: 'APPROVAL_MISSING' },
      },
    },
  })
  expect(waiting.log).not.toContain('went on')
  expect(waiting.summary).toMatch(/waits for an approval[^]*Next: `.* approve /)
  expect(done).toMatchObject({
    conclusion: 'success',
    steps: { train: { outputs: { outcome: 'done', run, state: 'done', error: '' } } },
  })
  expect(wrong.steps['train']?.outputs).toMatchObject({ outcome: 'error', error: 'ACTION' })
})
