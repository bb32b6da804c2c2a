import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { makeSqliteDocuments } from './sqlite-documents.ts'
import { migrate } from './sqlite-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'conduct-documents-'))
afterAll(() => rmSync(folder, { recursive: true }))

function open(name: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, name))
  db.exec('pragma journal_mode = wal')
  migrate(db)
  return db
}

test('a document that nobody else can have touched is not read again', () => {
  using db = open('own.db')
  const documents = makeSqliteDocuments(db)
  const document = { format: 1, holders: ['ana'] }

  expect(documents.load('x')).toBeNull()
  documents.write('x', { format: 1, holders: [] })
  documents.load('x')
  documents.write('x', document)

  expect(documents.load('x')).toMatchObject({
    document: expect.toSatisfy((it) => it === document),
    version: 2,
  })
  expect(documents.load('y')).toBeNull()
})

test('what another connection wrote is seen, also under the same version', () => {
  using db = open('shared.db')
  using other = open('shared.db')
  const documents = makeSqliteDocuments(db)
  documents.load('x')
  documents.write('x', { format: 1, holders: ['ana'] })
  documents.load('x')

  other.exec(`update document set body = '{"format":1,"holders":["ben"]}'`)

  expect(documents.load('x')).toMatchObject({ document: { holders: ['ben'] }, version: 1 })
})

test('what was rolled back was never there', () => {
  using db = open('rolled-back.db')
  const documents = makeSqliteDocuments(db)
  documents.load('x')
  documents.write('x', { format: 1, holders: ['ana'] })
  documents.load('x')

  db.exec('begin immediate')
  documents.load('x')
  documents.write('x', { format: 1, holders: ['ben'] })
  db.exec('rollback')

  expect(documents.load('x')).toMatchObject({ document: { holders: ['ana'] }, version: 1 })
})
