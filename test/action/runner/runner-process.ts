import { readFileSync, writeFileSync } from 'node:fs'
import { createJob, type JobOrder } from './job.ts'

/** A runner of its own: a process that can be killed, which works one job. `SIGUSR2` is somebody who cancels the job. */
const [orderFile = '', resultFile = ''] = process.argv.slice(2)
const order = JSON.parse(readFileSync(orderFile, 'utf8')) as JobOrder
const job = createJob(order, (text) => process.stdout.write(text))
process.on('SIGUSR2', () => void job.cancel())
writeFileSync(resultFile, JSON.stringify(await job.run()))
process.exit(0)
