import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { main } from './main.ts'
import { input, listInput, say, setOutputs } from './runner.ts'

/** Says where conduct is; what is not there yet is installed, once in a job. */
await main(async () => {
  const program = findProgram()
  const asked = spawnSync(process.execPath, [program, '--version'], { encoding: 'utf8' })
  if (asked.status !== 0)
    throw new Error(`${program} is no conduct that runs here: ${asked.stderr || String(asked.error)}`)
  say(`${asked.stdout.trim()}, on Node ${process.versions.node}`)
  setOutputs({ node: process.execPath, program })
  return 0
})

function findProgram(): string {
  const [given, version] = [input('program'), input('version')]
  if (given !== '' && version !== '') throw new Error('set either program or version')
  if (given !== '') {
    const path = resolve(process.env['GITHUB_WORKSPACE'] ?? '.', given)
    if (!existsSync(path)) throw new Error(`program: there is no ${path}`)
    return path
  }
  return version === '' ? besideThis() : published(version)
}

/** The whole repository lies around the action at the commit that `uses` names: that conduct fits this action. */
function besideThis(): string {
  const top = resolve(import.meta.dirname, '../../..')
  const cli = join(top, 'packages/cli')
  if (!existsSync(cli)) throw new Error('there is no conduct beside this action; set version or program')
  if (!existsSync(join(cli, 'node_modules'))) {
    install('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile', '--filter', '@conduct/cli...'], top)
  }
  return join(cli, 'bin/conduct.js')
}

function published(version: string): string {
  if (!/^[\w.^~+-]+$/.test(version)) throw new Error(`version: ${version} is none`)
  const clients = listInput('clients')
  const wrong = clients.find((name) => !/^(?:@[\w.-]+\/)?[\w.-]+(?:@[\w.^~+-]+)?$/.test(name))
  if (wrong !== undefined) throw new Error(`clients: ${wrong} is no package`)
  const folder = join(process.env['RUNNER_TEMP'] ?? tmpdir(), `conduct-${version}`)
  const program = join(folder, 'node_modules/@conduct/cli/bin/conduct.js')
  if (!existsSync(program)) {
    const packages = [`@conduct/cli@${version}`, ...clients]
    install(
      'npm',
      ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', ...packages],
      tmpdir(),
    )
  }
  return program
}

function install(command: string, words: readonly string[], cwd: string): void {
  say(`${command} ${words.join(' ')}`)
  const { status, error } = spawnSync(command, [...words], { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0) return
  const why = error === undefined ? `ended with ${status}` : error.message
  throw new Error(`${command} ${why}; a job without npm sets up Node first (actions/setup-node)`)
}
