import { setTimeout as delay } from 'node:timers/promises'
import { openTarget } from '../lanes/target.ts'

/** The command of a `conduct exec` in a soak: one effect on the target, under the token it was given. */
const [path = '', names = '', ms = '0'] = process.argv.slice(2)
const under = { token: Number(process.env['CONDUCT_TOKEN']), resources: names.split(',') }
using target = openTarget(path, 'fenced')
const begun = target.begin(under)
await delay(Number(ms))
if (begun === 'refused' || target.write(under, begun) === 'refused') process.exitCode = 3
