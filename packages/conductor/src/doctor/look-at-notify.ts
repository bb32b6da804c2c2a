import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { connect } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import { green, type Judgement, notApplicable, red, unknown } from '../preflight/row.ts'
import type { Looking } from './files-here.ts'

const connectMsMax = 10_000

/** Whether whoever `notify` names is there. Nothing is sent, so that nobody is told anything. */
export async function lookAtNotify({ config, configPath }: Looking): Promise<Judgement> {
  const { notify } = config
  if (notify === null) return notApplicable('Nobody is notified.')
  if ('url' in notify) return lookAtAddress(new URL(notify.url))
  if ('shell' in notify.command) {
    return unknown('0 of 1', 'A shell command is told; what it does shows when it is.')
  }
  const [program = ''] = notify.command.argv
  const isThere = await isProgram(program, dirname(configPath))
  return isThere
    ? green('1 of 1', `${program} is told; what it does with it was not tried.`)
    : red('1 of 1', `${program} is no program on this machine: correct notify in lanes.yaml.`)
}

/** The rest of an address may be the secret of it. */
async function lookAtAddress({ protocol, hostname, port }: URL): Promise<Judgement> {
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
  const place = `${hostname}:${number}`
  const because = await connects(hostname.replace(/^\[|\]$/g, ''), number)
  return because === null
    ? green('1 of 1', `Something listens at ${place}; nothing was sent, so what it answers is not known.`)
    : red('1 of 1', `Nothing answers at ${place} (${because}); runs go on without it.`)
}

/** @returns null, or why not. */
function connects(host: string, port: number): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: connectMsMax })
    const end = (because: string | null) => {
      socket.destroy()
      done(because)
    }
    socket.once('connect', () => end(null))
    socket.once('timeout', () => end(`no answer within ${connectMsMax / 1000} s`))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}

async function isProgram(program: string, folder: string): Promise<boolean> {
  const places = program.includes('/')
    ? [resolve(folder, program)]
    : (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, program))
  for (const place of places) {
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return true
  }
  return false
}
