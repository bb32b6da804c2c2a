/**
 * What a look at the forge says. Absent is an answer of the forge; unknown is the lack of one, and is never taken
 * for either of the others.
 */
export type Reading<Value> =
  | { readonly state: 'present'; readonly value: Value }
  | { readonly state: 'absent' }
  | Unknown

export interface Unknown {
  readonly state: 'unknown'
  /** One sentence for people: what was asked, and what came instead of an answer. */
  readonly reason: string
  /** Whether asking again later may help without anybody changing anything. */
  readonly isRetryable: boolean
}

export const absent: Reading<never> = { state: 'absent' }

export function present<Value>(value: Value): Reading<Value> {
  return { state: 'present', value }
}

export function unknown(reason: string, isRetryable = false): Unknown {
  return { state: 'unknown', reason, isRetryable }
}

/** Goes on with what is there; absent and unknown stay what they are. */
export function mapReading<Value, Other>(
  reading: Reading<Value>,
  next: (value: Value) => Other,
): Reading<Other> {
  return reading.state === 'present' ? present(next(reading.value)) : reading
}
