/** What each method of a port does: `looks` changes nothing outside, `acts` does. A port within has its own. */
export type Classified<Port> = {
  readonly [Name in Classifiable<Port>]-?: NonNullable<Port[Name]> extends Method
    ? 'looks' | 'acts'
    : Classified<NonNullable<Port[Name]>>
}

type Method = (...args: never[]) => unknown
type Data = string | number | boolean | ReadonlyMap<unknown, unknown> | readonly unknown[]
type Classifiable<Port> = {
  [Name in keyof Port]-?: NonNullable<Port[Name]> extends Data ? never : Name
}[keyof Port] &
  string

/** As the wrapper reads it. */
interface Methods {
  readonly [name: string]: 'looks' | 'acts' | Methods
}

/**
 * A port without the ability to act: methods that look are those of the port behind it, methods that act refuse. A
 * method that a port gains is a compile error until somebody has said which of the two it is.
 */
export function cannotAct<Port extends object>(name: string, port: Port, methods: Classified<Port>): Port {
  return wrap(name, port, methods)
}

function wrap<Port extends object>(name: string, port: Port, methods: Methods): Port {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      const does = typeof key === 'string' ? methods[key] : undefined
      if (does === 'acts') return () => refuse(`${name}.${String(key)}`)
      if (typeof value === 'function') return value.bind(target) as unknown
      const isPort = typeof does === 'object' && typeof value === 'object' && value !== null
      return isPort ? wrap(`${name}.${String(key)}`, value, does) : value
    },
  })
}

/** Whoever acts all the same has a bug: nothing was done. */
export function refuse(what: string): never {
  throw new Error(`invariant broken: a dry run wanted to act: ${what}`)
}
