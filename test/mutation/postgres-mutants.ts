import { fakeTimeLibrary } from '../lanes/shifted-clock.ts'
import { pgbouncerProgram } from '../servers/pgbouncer.ts'
import type { Mutant } from './mutants.ts'

const time = 'test/integration/postgres-time.test.ts'
const faults = 'test/integration/postgres-faults.test.ts'
const known = 'test/integration/postgres-known.test.ts'

/** Ways to break what the Postgres store does with its row, its time and what a session brings along. */
export const postgresMutants = (): readonly Mutant[] => [
  ...anywhere,
  // A test that is skipped kills nothing.
  ...(fakeTimeLibrary === null ? [] : whereClocksAreSet),
  ...(pgbouncerProgram === null ? [] : wherePoolersRun),
]

const anywhere: readonly Mutant[] = [
  {
    name: 'postgres: now() for clock_timestamp()',
    file: 'stores/postgres-clock.ts',
    find: '(extract(epoch from clock_timestamp())',
    replace: '(extract(epoch from now())',
    killer: { file: time, test: 'was read after the wait for the row, when the row was changed meanwhile' },
  },
  {
    name: 'postgres: the row is not locked',
    file: 'stores/postgres-schema.ts',
    find: 'and id = of_id for update;',
    replace: 'and id = of_id;',
    killer: { file: time, test: 'was read after the wait for the row, when the row was only locked' },
  },
  {
    name: 'postgres: whoever has the row is skipped',
    file: 'stores/postgres-schema.ts',
    find: 'and id = of_id for update;',
    replace: 'and id = of_id for update skip locked;',
    killer: { file: time, test: 'was read after the wait for the row, when the row was only locked' },
  },
  {
    name: 'postgres: a paused transaction keeps its row',
    file: 'stores/postgres-transaction.ts',
    find: '${Math.min(pauseMsMax, callMsMax)}',
    replace: '${pauseMsMax * 60}',
    killer: {
      file: faults,
      test: 'of a client that stops between its two round trips holds its row no longer than two seconds',
    },
  },
  {
    name: 'postgres: a document written by hand taken for the known one',
    file: 'stores/postgres-schema.ts',
    find: "document.xmin::text || '.' || document.nonce",
    replace: "'0.' || document.nonce",
    killer: {
      file: known,
      test: 'a document that somebody wrote by hand is found, though its version and nonce are those that were known',
    },
  },
  {
    name: 'postgres: nonce removed',
    file: 'stores/postgres-transaction.ts',
    find: "'${randomUUID()}'",
    replace: "''",
    killer: {
      file: known,
      test: 'a server set back to before a write counts its transactions again: every write differs all the same',
    },
  },
  {
    name: 'postgres: what was never committed remembered as known',
    file: 'stores/postgres.ts',
    find: 'written = write\n',
    replace:
      'written = write\n          if (found !== null) known.note(id, { mark: found.state, document: write })\n',
    killer: {
      file: known,
      test: 'a change that wrote nothing, or failed, leaves the handle with what stands there',
    },
  },
]

const whereClocksAreSet: readonly Mutant[] = [
  {
    name: 'postgres: a step of the clock not noticed',
    file: 'stores/postgres-clock.ts',
    find: 'return found.lowMs > before.highMs + toleranceMs || found.highMs < before.lowMs - toleranceMs',
    replace: 'return toleranceMs < 0',
    killer: { file: time, test: 'begins one new era, however many saw it' },
  },
]

const wherePoolersRun: readonly Mutant[] = [
  {
    name: 'postgres: what a session brings along is trusted',
    file: 'stores/postgres-schema.ts',
    find: "set_config('synchronous_commit', 'on', true),",
    replace: '',
    killer: {
      file: 'test/integration/postgres.test.ts',
      test: 'is not fooled by what others leave in the sessions it is lent',
    },
  },
  {
    name: 'postgres: what a session brings along is trusted where nothing is locked',
    file: 'stores/postgres-transaction.ts',
    find: 'set local synchronous_commit = on; ',
    replace: '',
    killer: {
      file: 'test/integration/postgres.test.ts',
      test: 'is not fooled by what others leave in the sessions it is lent',
    },
  },
]
