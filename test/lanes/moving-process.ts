import { importEstate, type LaneDefinition, openStore, type Store, systemClock } from '@conduct/lanes/engine'

/** Imports an estate and kills itself after so many writes. */
export interface ImportOrder {
  readonly url: string
  readonly estate: string
  readonly path: string
  readonly definition: LaneDefinition
  readonly writes: number
}

const { url, estate, path, definition, writes } = JSON.parse(process.argv[2] ?? '') as ImportOrder
let left = writes

function counted<Result>(write: () => Promise<Result>): Promise<Result> {
  left -= 1
  if (left < 0) process.kill(process.pid, 'SIGKILL')
  return write()
}

await using opened = await openStore(url, { estate })
const { register, log } = opened
const store: Store = {
  ...opened,
  register: { ...register, change: (id, decide) => counted(() => register.change(id, decide)) },
  log: { ...log, append: (entry) => counted(() => log.append(entry)) },
}
const definitions = new Map([['lane', definition]])
await importEstate({ store, estate, definitions, clock: systemClock, by: 'captain', path })
