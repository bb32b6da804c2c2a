import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { conduct, type Ended } from './conduct-process.ts'

export const guardedLanes = (store: string, more = ''): string => `version: 1
estate: guarded
store: ${store}
people: { ana: { forge: ana-acme }, carl: { forge: carl }, fleet: { kind: agent } }
repos: { shop: { remote: "file:///srv/shop.git" }, admin: { remote: "file:///srv/admin.git" } }
lanes:
  backend_migration: { use: rails_migrations, captains: [carl], scope: repo }
  release_train: { use: release_train, captains: [ana] }
${more}`

/** A checkout somebody works in, with lanes.yaml beside it. */
export interface Checkout {
  readonly path: string
  git(...args: readonly string[]): { readonly exit: number; readonly output: string; readonly stdout: string }
  write(name: string, text: string): void
  conduct(...args: readonly string[]): Promise<Ended>
}

export interface World {
  /** Of every process here: nothing of the machine's own git settings or state. */
  readonly env: Readonly<Record<string, string>>
  readonly config: string
}

export function makeWorld(
  folder: string,
  options: { readonly store?: string; readonly more?: string } = {},
): World {
  const home = join(folder, 'home')
  mkdirSync(home)
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ana\n\temail = ana@acme.example\n[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n',
  )
  const config = join(folder, 'lanes.yaml')
  writeFileSync(config, guardedLanes(options.store ?? `sqlite:${join(folder, 'state.db')}`, options.more))
  return {
    config,
    env: {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_NOSYSTEM: '1',
      NO_COLOR: '1',
      XDG_STATE_HOME: join(home, 'state'),
    },
  }
}

/** @param options.env more of it, for every process that is started here */
export function openCheckout(
  path: string,
  world: World,
  options: { readonly env?: Readonly<Record<string, string>> } = {},
): Checkout {
  const env = { ...world.env, ...options.env }
  return {
    path,
    git: (...args) => {
      const { status, stdout, stderr } = spawnSync('git', [...args], { cwd: path, env, encoding: 'utf8' })
      return { exit: status ?? -1, output: stdout + stderr, stdout }
    },
    write: (name, text) => {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), text)
    },
    conduct: (...args) => conduct(args, { cwd: path, env }),
  }
}

export function initCheckout(path: string, world: World, repo = 'shop'): Checkout {
  mkdirSync(path, { recursive: true })
  const checkout = openCheckout(path, world)
  checkout.git('init', '--quiet')
  checkout.git('config', 'conduct.repo', repo)
  checkout.write('README.md', 'hello\n')
  checkout.git('add', '.')
  checkout.git('commit', '--quiet', '--message', 'first')
  return checkout
}
