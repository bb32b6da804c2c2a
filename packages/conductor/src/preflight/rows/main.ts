import { green, red, type Row } from '../row.ts'

/** Main still stands where it was frozen. */
export const row: Row = {
  check: 'main',
  over: 'every',
  async judge({ frozen, evidence }) {
    const head = await evidence.remoteHead(frozen)
    const one = '1 of 1 branches'
    if (head === null) return red(one, `The remote has no branch ${frozen.main} any more; push it again.`)
    if (head === frozen.commit) return green(one, `${frozen.main} is at ${head.slice(0, 7)}.`)
    const moved = `${frozen.main} is at ${head.slice(0, 7)}, frozen was ${frozen.commit.slice(0, 7)}`
    return red(one, `${moved}; somebody pushed meanwhile: plan again.`)
  },
}
