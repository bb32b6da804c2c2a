/**
 * Walks every state that a small system can reach, breadth first.
 *
 * @param system.steps every enabled step, as a label and the state it leads to.
 * @param system.keyOf equal for states that behave alike from here on.
 * @param system.visit looks at each state once, with the labels that led there first.
 * @returns how many different states there are.
 */
export function explore<State>(system: {
  readonly start: State
  readonly steps: (state: State) => readonly (readonly [label: string, next: State])[]
  readonly keyOf: (state: State) => string
  readonly visit: (state: State, path: readonly string[], steps: number) => void
  readonly statesMax: number
}): number {
  const known = new Set([system.keyOf(system.start)])
  const open: { readonly state: State; readonly path: readonly string[] }[] = [
    { state: system.start, path: [] },
  ]
  for (let entry = open.shift(); entry !== undefined; entry = open.shift()) {
    const steps = system.steps(entry.state)
    system.visit(entry.state, entry.path, steps.length)
    for (const [label, state] of steps) {
      const key = system.keyOf(state)
      if (known.has(key)) continue
      if (known.size >= system.statesMax) throw new Error(`more than ${system.statesMax} states`)
      known.add(key)
      open.push({ state, path: [...entry.path, label] })
    }
  }
  return known.size
}
