/** How far a lane had come when it was looked at. */
export interface LastSeen {
  readonly epoch: number
  /** The document's own count of its writes: it rises with each, whatever store the lane lies in. */
  readonly version: number
  readonly nonce: string
  /** The lane had been moved to that address. */
  readonly movedTo: string | null
}

/** An epoch outranks every version of the epochs before it: a recovered lane counts on from where it was. */
export function isLater(one: LastSeen, other: LastSeen): boolean {
  return one.epoch === other.epoch ? one.version > other.version : one.epoch > other.epoch
}
