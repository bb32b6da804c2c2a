import { hash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConductError, printableLine } from '@conduct/core'
import { type Proceeded, stateHome, storePlace } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from './load-config.ts'
import type { Estate } from './open-estate.ts'

/**
 * Work that went on while the store was away, as `store_policy: open` lets it: noted in the user's state folder, and brought
 * into the history of its lane by whichever command reaches the store next. The same work again, as by an agent that asks
 * before every tool, is counted and no further note.
 */
export type WentOn = Pick<Proceeded, 'by' | 'work' | 'resources' | 'matches'> & { readonly lane: string }

interface NoteFile extends Proceeded {
  readonly format: 1
  readonly lane: string
  /** Where it should have been asked. */
  readonly store: string
}

const notesMax = 500
const broughtMax = 50
const matchesMax = 20
const matchCharsMax = 200

/** Null: it is noted. Else why it could not be, for people; the work goes on all the same. */
export function noteProceeded(
  { env }: Pick<CommandContext, 'env'>,
  { config }: Pick<LoadedConfig, 'config'>,
  works: readonly WentOn[],
): string | null {
  const folder = notesFolder(config.estate, env)
  const at = new Date().toISOString()
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const { lane, by, work, resources, matches } of works) {
      const shown = matches.slice(0, matchesMax).map((match) => match.slice(0, matchCharsMax))
      const said = { lane, store: storePlace(config.store), by, work, resources, matches: shown }
      const name = hash('sha256', JSON.stringify(said), 'hex').slice(0, 16)
      const path = join(folder, `${name}.json`)
      const before = readNote(path)
      if (before === null && readdirSync(folder).length >= notesMax) return `${folder} is full of notes`
      const since = before ?? { id: randomUUID(), times: 0, firstAt: at }
      const { id, times, firstAt } = since
      const note: NoteFile = { format: 1, id, ...said, times: times + 1, firstAt, lastAt: at }
      const draft = `${path}.${process.pid}`
      writeFileSync(draft, JSON.stringify(note), { mode: 0o600 })
      renameSync(draft, path)
    }
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * Brings in what was noted. A store that is away still is no failure here: whatever is asked of it next says so. A note is
 * dropped only once its lane has it, and a lane that has it already takes it for known.
 */
export async function bringProceeded({
  estate,
  context,
}: {
  readonly estate: Estate
  readonly context: CommandContext
}): Promise<void> {
  const folder = notesFolder(estate.config.estate, context.env)
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).slice(0, broughtMax)) {
    if (!name.endsWith('.json')) continue
    const note = readNote(join(folder, name))
    if (note === null || !estate.config.lanes.has(note.lane)) continue
    try {
      if (!(await isOfThisStore(estate, note))) continue
      // What goes on meanwhile gets a note of its own.
      const path = setAside(folder, name)
      if (path === null) continue
      const { format: _format, lane, store: _store, ...proceeded } = note
      await estate.lanes.lane(lane).recordProceeded(proceeded)
      rmSync(path, { force: true })
      context.emit({ type: 'lane_changed', lane, change: 'caught_up', detail: proceededText(proceeded) })
    } catch (error) {
      if (!isConductError(error)) throw error
      if (error.code === 'STORE_UNREACHABLE') return
      const message = `What went on without the store is still noted in ${folder}: ${error.message}`
      context.emit({ type: 'warning', code: error.code, message })
    }
  }
}

/** `guard: proceeded without the store, 3 times since 2026-01-01T10:00:00Z, for ana (db/migrate/x.rb)` */
export function proceededText({ work, by, times, firstAt, matches }: Proceeded): string {
  const often = times === 1 ? `at ${firstAt}` : `${times} times since ${firstAt}`
  const [first = ''] = matches
  const more = matches.length > 1 ? ` and ${matches.length - 1} more` : ''
  const what = first === '' ? '' : ` (${printableLine(first)}${more})`
  return `${work}: proceeded without the store ${often}, for ${by}${what}`
}

function notesFolder(estate: string, env: CommandContext['env']): string {
  return join(stateHome(env), estate, 'proceeded')
}

/** Where the lane was moved to meanwhile, it is brought to. */
async function isOfThisStore({ store, lanes }: Estate, note: NoteFile): Promise<boolean> {
  if (note.store === storePlace(store.url)) return true
  const { moved } = (await lanes.lane(note.lane).inspect()).document
  return moved?.kind === 'from' && storePlace(moved.address) === note.store
}

/** Null: somebody else is at it. */
function setAside(folder: string, name: string): string | null {
  if (isAside(name)) return join(folder, name)
  const aside = join(folder, `${name.replace(/\.json$/, '')}.${randomUUID()}.json`)
  try {
    renameSync(join(folder, name), aside)
    return aside
  } catch {
    return null
  }
}

function isAside(name: string): boolean {
  return name.split('.').length > 2
}

function readNote(path: string): NoteFile | null {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as NoteFile & { readonly format: number }
    return note.format === 1 ? note : null
  } catch {
    // Gone meanwhile, or no note of ours.
    return null
  }
}
