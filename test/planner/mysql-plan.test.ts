import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

import { conduct, documentOf, temporaryFolder } from '../e2e/conduct-process.ts'

it('plans SQL for MySQL where the lane says so: what cannot be run again half-way is alone', async () => {
  using folder = temporaryFolder()
  folder.write(
    'lanes.yaml',
    `version: 1
estate: acme
store: ${JSON.stringify(`sqlite:${path.join(folder.path, 'state.db')}`)}
people: { ana: {} }
repos: { ledger: { remote: "https://example.com/ledger.git" } }
lanes:
  migrations: { use: sql_migrations, captains: [ana], batching: { dialect: mysql } }
`,
  )
  for (const name of ['a', 'b', 'c']) mkdirSync(path.join(folder.path, name))
  folder.write('a/V2__a.sql', 'ALTER TABLE `orders` ADD note text;\n')
  folder.write('b/V3__b.sql', 'ALTER TABLE `users` ADD nick varchar(20) AFTER `id`;\n')
  folder.write('c/V4__c.sql', 'ALTER TABLE `x` ADD a int;\nALTER TABLE `x` ADD b int;\n')

  const args = ['a', 'b', 'c'].flatMap((name) => ['--folder', `${name}=${name}`])
  const document = documentOf(
    await conduct(['batch', 'plan', ...args, '--json'], { cwd: folder.path, env: { HOME: folder.path } }),
  )

  expect(document).toMatchObject({
    turns: expect.arrayContaining([
      expect.objectContaining({
        tickets: expect.toSatisfy((ids: string[]) => ids.toSorted().join() === 'a,b') as unknown,
      }),
    ]) as unknown,
    solo: [{ ticket: 'c', because: [expect.stringMatching(/MySQL commits.*V4__c\.sql:2/)] }],
  })
})
