import { expect, it } from 'vitest'

import { applyOperations } from '../../schema/apply.ts'
import { emptySchema, schemaLines } from '../../schema/schema.ts'
import type { Operation } from '../../model/operation.ts'
import { loadSqlReader } from '../sql/read-sql.ts'
import { loadMigrationReader } from '../read-migrations.ts'
import { readPrisma } from './read-prisma.ts'

const sql = await loadSqlReader()
const source = 'datasource db {\n  provider = "postgresql"\n  url = env("URL")\n}\n'

function read(text: string): readonly Operation[] {
  return readPrisma(sql, { file: 'schema.prisma', text }).operations
}

function linesOf(operations: readonly Operation[]): readonly string[] {
  const applied = applyOperations(emptySchema, operations)
  if (applied.outcome === 'refused') throw new Error(applied.problem)
  return schemaLines(applied.schema)
}

const models = `${source}
generator client { 
  provider = "prisma-client-js"
}

/// An order
model Order {
  id      Int       @id @default(autoincrement()) // the key
  state   State     @default(NEW)
  note    String?   @map("note_text") @db.VarChar(20)
  tags    String[]  @default([])
  total   Decimal   @db.Decimal(10, 2)
  at      DateTime  @default(now()) @updatedAt
  seen    DateTime? @db.Timestamptz(6)
  token   String    @unique @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  ref     String    @default(cuid())
  ok      Boolean   @default(false)
  rate    Float     @default(1.5)
  data    Json?
  search  Unsupported("tsvector")?
  userId  Int
  user    User      @relation(fields: [userId], references: [id], onDelete: Cascade)
  buyerId Int?
  buyer   User?     @relation("buys", fields: [buyerId], references: [id], map: "buyer_key")

  @@unique([state, userId], map: "own")
  @@index([userId, at(sort: Desc)])
  @@index([tags], type: Gin)
  @@map("orders")
}

model User {
  id     Int     @id
  orders Order[]
  buys   Order[] @relation("buys")
}

model Part {
  a Int
  b BigInt
  @@id([a, b])
}

enum State {
  NEW
  OLD @map("old")
}
`

/** As Prisma writes it. */
const migration = `
CREATE TYPE "State" AS ENUM ('NEW', 'old');
CREATE TABLE "orders" (
  "id" SERIAL NOT NULL, "state" "State" NOT NULL DEFAULT 'NEW', "note_text" VARCHAR(20), "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
  "total" DECIMAL(10,2) NOT NULL, "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "seen" TIMESTAMPTZ(6),
  "token" UUID NOT NULL DEFAULT gen_random_uuid(), "ref" TEXT NOT NULL, "ok" BOOLEAN NOT NULL DEFAULT false,
  "rate" DOUBLE PRECISION NOT NULL DEFAULT 1.5, "data" JSONB, "search" tsvector, "userId" INTEGER NOT NULL, "buyerId" INTEGER,
  CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Part" ("a" INTEGER NOT NULL, "b" BIGINT NOT NULL, CONSTRAINT "Part_pkey" PRIMARY KEY ("a","b"));
CREATE UNIQUE INDEX "orders_token_key" ON "orders"("token");
CREATE INDEX "orders_userId_at_idx" ON "orders"("userId", "at" DESC);
CREATE INDEX "orders_tags_idx" ON "orders" USING GIN ("tags");
CREATE UNIQUE INDEX "own" ON "orders"("state", "userId");
ALTER TABLE "orders" ADD CONSTRAINT "orders_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "orders" ADD CONSTRAINT "buyer_key" FOREIGN KEY ("buyerId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
`

it('declares the schema that the SQL of Prisma makes', () => {
  const operations = read(models)

  expect(operations.filter((each) => each.kind === 'opaque')).toEqual([])
  expect(linesOf(operations)).toEqual(linesOf(sql({ file: 'm.sql', text: migration }).operations))
  const note = operations.find((each) => each.kind === 'add_column' && each.column.name === 'note_text')
  expect(note?.place).toEqual({ file: 'schema.prisma', line: 14 })
})

it.each([
  ['model A {', 'anything'],
  ['model A {\n  id Int @id\n  b Thing\n}', ['A']],
  ['model A {\n  id Int @id @default(sequence())\n}', ['A']],
  ['model A {\n  id Int @id\n  b String\n  @@index([b(ops: raw("x"))], type: Gin)\n}', ['A']],
  ['model A {\n  id Int @id\n  b String\n  @@fulltext([b])\n}', ['A']],
  ['model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  as A[]\n}', ['_AToB']],
  ['model A {\n  id Int @id ~\n}', 'anything'],
])('what is not known is opaque: %s', (text, touches) => {
  const found = read(`${source}${text}`).filter((each) => each.kind === 'opaque')

  expect(found).toMatchObject([{ touches }])
})

it('of another engine, or of several files, is opaque', () => {
  expect(read(models.replace('postgresql', 'mysql'))).toMatchObject([
    { kind: 'opaque', reason: 'its engine is mysql' },
  ])
  expect(read('model A {\n  id Int @id\n}')).toMatchObject([{ kind: 'opaque', touches: 'anything' }])
})

it('is what a plan starts from where the app has no migrations yet, and nothing beside them', async () => {
  const schema = {
    path: 'prisma/schema.prisma',
    text: `${source}\nmodel Orders {\n  id Int @id\n}\n`,
    kind: 'added',
  } as const
  const first = {
    path: 'prisma/migrations/20260101000000_a/migration.sql',
    text: 'CREATE TABLE a (id int);',
    kind: 'added',
  } as const
  const reader = await loadMigrationReader([schema.path, first.path])

  const [alone, beside] = [reader.readBase([schema]), reader.readBase([schema, first])]

  expect(alone.problem).toBeNull()
  expect(schemaLines(alone.schema)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^table Orders/) as unknown]),
  )
  expect(schemaLines(beside.schema).filter((line) => line.startsWith('table'))).toEqual([
    expect.stringMatching(/^table a\b/),
  ])
})
