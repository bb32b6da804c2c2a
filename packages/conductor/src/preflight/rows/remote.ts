import { green, type Row } from '../row.ts'

/** The remote answers. When it does not, the error itself makes the row unknown. */
export const row: Row = {
  check: 'remote',
  over: 'every',
  async judge({ frozen, evidence }) {
    await evidence.remoteHead(frozen)
    return green('1 of 1 remotes', 'The remote answers.')
  },
}
