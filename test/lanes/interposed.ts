import type { Store } from '@conduct/lanes/engine'

/** One call of the register, as somebody who interferes between two of them sees it. */
export interface Call {
  /** From 0. */
  readonly index: number
  readonly name: 'read' | 'change' | 'now' | 'changed'
}

/** A store in which something else can happen before every call, with no hints: `changed` only lets time pass. */
export function interposed(
  store: Store,
  options: { readonly before: (call: Call) => Promise<void>; readonly sleep: (ms: number) => Promise<void> },
): Store {
  const { register } = store
  let calls = 0
  const first = async <Result>(name: Call['name'], call: () => Promise<Result>): Promise<Result> => {
    await options.before({ index: calls++, name })
    return call()
  }
  return {
    ...store,
    register: {
      ...register,
      read: (id) => first('read', () => register.read(id)),
      change: (id, decide) => first('change', () => register.change(id, decide)),
      now: () => first('now', () => register.now()),
      changed: (_id, { timeoutMs }) => first('changed', () => options.sleep(timeoutMs)),
    },
  }
}
