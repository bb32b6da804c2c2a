import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The licence of every package whose code the bundle contains, as their licences ask for. */
export function writeNotices(options: {
  readonly packages: readonly string[]
  /** Folder of the package that is built; pnpm's store is looked for from here upwards. */
  readonly from: string
  /** The file, with its whole path. */
  readonly to: string
}): void {
  const store = join(options.from, '..', '..', 'node_modules', '.pnpm')
  const folders = readdirSync(store)
  const notices = options.packages.map((name) => noticeOf({ name, store, folders }))
  writeFileSync(options.to, notices.join('\n'))
}

function noticeOf(options: {
  readonly name: string
  readonly store: string
  readonly folders: readonly string[]
}): string {
  const { name, store, folders } = options
  const folder = folders.find((each) => each.startsWith(`${name.replace('/', '+')}@`))
  if (folder === undefined) throw new Error(`${name} is named as inlined, and is not installed`)
  const root = join(store, folder, 'node_modules', name)
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
    readonly license?: string
  }
  const file = readdirSync(root).find((each) => /^licen[cs]e(?:\.|$)/i.test(each))
  const text = file === undefined ? '' : `\n${readFileSync(join(root, file), 'utf8').trim()}\n`
  return `${name} ${version} (${license ?? 'no licence named'})\n${text}`
}
