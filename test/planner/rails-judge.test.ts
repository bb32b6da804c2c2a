import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startRailsJudge, type RailsAnswer, type RailsJudge } from './rails-judge.ts'

const hasRails = spawnSync('ruby', ['-e', 'require "active_record"; require "pg"']).status === 0
const needsRails = hasRails ? '' : ' (skipped: needs ruby with activerecord and pg)'

const schema =
  'ActiveRecord::Schema.define(version: 1) do\n  create_table "users", id: :serial do |t|\n    t.string "name"\n  end\nend\n'

/** The judge of histories: were it to say the same of every week, its verdicts would prove nothing. */
describe.skipIf(!hasRails)(`real Rails as the judge of a week${needsRails}`, () => {
  let judge: RailsJudge

  beforeAll(async () => {
    judge = await startRailsJudge()
  }, 30_000)
  afterAll(() => judge[Symbol.asyncDispose]())

  const after = (body: string, version = '[6.1]'): Promise<RailsAnswer> =>
    judge.run({
      schema,
      migrations: [
        {
          file: 'db/migrate/2_change.rb',
          text: `class Change < ActiveRecord::Migration${version}\n  def up\n    ${body}\n  end\nend\n`,
        },
      ],
      dumpedBy: 6.1,
      rails: 6.1,
      isMysql: false,
    })

  it('dumps what the migrations make of the schema, with models over its tables', async () => {
    const answer = await after(
      'add_column :users, :age, :integer\n    User.where(name: nil).update_all(age: 1)',
      '',
    )

    expect(answer).toMatchObject({
      outcome: 'ran',
      dump: expect.stringContaining('t.integer "age"') as unknown,
    })
    expect(answer).toMatchObject({
      dump: expect.stringContaining('create_table "users", id: :serial') as unknown,
    })
  })

  it('starts anew for each week, and tells what is refused from what it cannot run', async () => {
    expect(await after('add_column :users, :age, :integer')).toMatchObject({ outcome: 'ran' })
    expect(await after('add_column :users, :name, :string')).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/DuplicateColumn/) as unknown,
    })
    expect(await after('drop_table_cascade :users')).toMatchObject({
      outcome: 'unable',
      reason: expect.stringMatching(/drop_table_cascade/) as unknown,
    })
    expect(await after('add_column :users, :age, :integer', '[8.0]')).toEqual({
      outcome: 'unable',
      reason: 'Migration[8.0], which Rails 6.1 does not know',
    })
  })
})
