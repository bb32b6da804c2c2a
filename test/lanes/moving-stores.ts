import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CopyObjectCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { StoreKind } from '@conduct/lanes/engine'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { startPostgres } from '../servers/postgres.ts'
import { startS3 } from '../servers/s3.ts'

/** One real place of each kind, and how its operator puts back a backup: behind the back of conduct. */
export interface MovingPlaces extends AsyncDisposable {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** A fresh address. */
  address(kind: StoreKind): Promise<string>
  backUp(url: string): Promise<void>
  restore(url: string): Promise<void>
}

export async function openMovingPlaces(): Promise<MovingPlaces> {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-move-'))
  const [postgres, s3] = await Promise.all([startPostgres(), startS3()])
  const env = { ...s3.env, XDG_CACHE_HOME: join(folder, 'cache') }
  Object.assign(process.env, env)
  const s3Client = new S3Client({
    endpoint: s3.endpoint,
    region: 'auto',
    forcePathStyle: true,
    credentials: s3.credentials,
  })
  const bucket = { client: s3Client, name: s3.bucket }
  let count = 0
  return {
    folder,
    env,
    address: async (kind) => {
      count += 1
      switch (kind) {
        case 'sqlite':
          return `sqlite:${join(folder, `s${count}`, 'state.db')}`
        case 'postgres':
          return postgres.createDatabase()
        case 's3':
          return s3.freshUrl()
        case 'git': {
          const path = join(folder, `g${count}.git`)
          execFileSync('git', ['init', '--bare', '--quiet', path])
          return `git+file://${path}`
        }
        default:
          return kind satisfies never
      }
    },
    backUp: (url) => onPlace(url, bucket, 'save'),
    restore: (url) => onPlace(url, bucket, 'restore'),
    [Symbol.asyncDispose]: async () => {
      s3Client.destroy()
      await Promise.all([postgres[Symbol.asyncDispose](), s3[Symbol.asyncDispose]()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Bucket {
  readonly client: S3Client
  readonly name: string
}

async function onPlace(url: string, bucket: Bucket, what: 'save' | 'restore'): Promise<void> {
  if (url.startsWith('sqlite:')) return onSqlite(url.slice('sqlite:'.length), what)
  if (url.startsWith('postgres:')) return onPostgres(url, what)
  if (url.startsWith('s3:')) return onBucket(new URL(url).pathname.slice(1), bucket, what)
  return onRepository(url.slice('git+file://'.length), what)
}

/** In place: other processes keep the file open. */
function onSqlite(path: string, what: 'save' | 'restore'): void {
  const database = new DatabaseSync(path, { timeout: 5000 })
  for (const table of ['document', 'record']) {
    database.exec(
      what === 'save'
        ? `drop table if exists saved_${table}; create table saved_${table} as select * from ${table}`
        : `begin immediate; delete from ${table}; insert into ${table} select * from saved_${table}; commit`,
    )
  }
  database.close()
}

async function onPostgres(url: string, what: 'save' | 'restore'): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const table of ['document', 'record']) {
    await client.query(
      what === 'save'
        ? `drop table if exists saved_${table}; create table saved_${table} as select * from conduct.${table}`
        : `delete from conduct.${table}; insert into conduct.${table} select * from saved_${table}`,
    )
  }
  await client.end()
}

/** Only documents go back: whoever restores objects by their versions may well forget those that came later. */
async function onBucket(prefix: string, { client, name }: Bucket, what: 'save' | 'restore'): Promise<void> {
  const savedPrefix = `saved/${prefix}`
  const [from, to] = what === 'save' ? [prefix, savedPrefix] : [savedPrefix, prefix]
  const keys = await keysOf(client, name, from)
  const documents = keys.filter((key) => key.slice(from.length).includes('/d/'))
  for (const key of documents) {
    const target = to + key.slice(from.length)
    await client.send(new CopyObjectCommand({ Bucket: name, CopySource: `${name}/${key}`, Key: target }))
  }
  if (what === 'save') return
  const kept = new Set(documents.map((key) => to + key.slice(from.length)))
  for (const key of await keysOf(client, name, to)) {
    const isLater = key.slice(to.length).includes('/d/') && !kept.has(key)
    if (isLater) await client.send(new DeleteObjectCommand({ Bucket: name, Key: key }))
  }
}

async function keysOf(client: S3Client, bucket: string, prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
  return Contents.flatMap(({ Key }) => Key ?? [])
}

function onRepository(path: string, what: 'save' | 'restore'): void {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['--git-dir', path, ...args], { encoding: 'utf8' })
  const [from, to] = what === 'save' ? ['refs/conduct/', 'refs/saved/'] : ['refs/saved/', 'refs/conduct/']
  const refsIn = (start: string) =>
    git('for-each-ref', '--format=%(objectname) %(refname)', start)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ') as [string, string])
  for (const [, ref] of refsIn(to)) git('update-ref', '-d', ref)
  for (const [commit, ref] of refsIn(from)) git('update-ref', to + ref.slice(from.length), commit)
}
