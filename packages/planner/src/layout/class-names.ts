/** `AddThing` → `AddThing2`, in the file's name as in the class: Rails finds one by the other. */
export function freeName(
  className: string,
  isTaken: (name: string) => boolean,
): { readonly className: string; readonly suffix: string } {
  for (let number = 2; number <= namesMax; number++) {
    const next = `${className}${number}`
    if (!isTaken(next)) return { className: next, suffix: String(number) }
  }
  throw new Error(`invariant broken: ${namesMax} migrations are called ${className}`)
}

const namesMax = 10_000
