import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PublishDocument } from './publish-document.ts'

export interface StageRecord {
  readonly id: string
  readonly version: string
  readonly actor: string
  readonly createdAt: string
  readonly document: PublishDocument
}

/** Staged versions, one file each, so that they outlive the server. */
export interface StageRecords {
  /** Most recently staged first. */
  all(): readonly StageRecord[]
  find(id: string): StageRecord | null
  /** Out of everybody's sight until it is removed or given back: two approvals of one never both publish. */
  take(id: string): StageRecord | null
  giveBack(record: StageRecord): void
  add(record: StageRecord): Promise<void>
  remove(id: string): Promise<void>
}

export async function openStageRecords(folder: string): Promise<StageRecords> {
  await mkdir(folder, { recursive: true })
  const records = new Map<string, StageRecord>()
  for (const file of await readdir(folder)) {
    const record = JSON.parse(await readFile(join(folder, file), 'utf8')) as StageRecord
    records.set(record.id, record)
  }
  const fileOf = (id: string): string => join(folder, `${id}.json`)
  return {
    all: () => [...records.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt, 'en')),
    find: (id) => records.get(id) ?? null,
    take: (id) => {
      const record = records.get(id) ?? null
      records.delete(id)
      return record
    },
    giveBack: (record) => void records.set(record.id, record),
    add: async (record) => {
      records.set(record.id, record)
      await writeFile(fileOf(record.id), JSON.stringify(record))
    },
    remove: async (id) => {
      records.delete(id)
      await rm(fileOf(id), { force: true })
    },
  }
}
