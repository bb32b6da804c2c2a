/** What each method of a port does: `looks` changes nothing outside, `acts` does. */
export type Classified<Port> = {
  readonly [
    Name in keyof Port as NonNullable<Port[Name]> extends (...args: never[]) => unknown ? Name : never
  ]-?: 'looks' | 'acts'
}

/**
 * A port without the ability to act: methods that look are those of the port behind it, methods that act refuse. A
 * method that a port gains is a compile error until somebody has said which of the two it is.
 */
export function cannotAct<Port extends object>(name: string, port: Port, methods: Classified<Port>): Port {
  const acting = new Set<PropertyKey>(
    Object.entries(methods).flatMap(([method, does]) => (does === 'acts' ? [method] : [])),
  )
  return new Proxy(port, {
    get(target, key) {
      if (acting.has(key)) return () => refuse(`${name}.${String(key)}`)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** Whoever acts all the same has a bug: nothing was done. */
export function refuse(what: string): never {
  throw new Error(`invariant broken: a dry run wanted to act: ${what}`)
}
