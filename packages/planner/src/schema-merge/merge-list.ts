/** Things in an order, of which two sides have their own version. */
export interface Keyed {
  readonly key: string
  readonly sortKey: string
}

export interface Sides<T> {
  readonly base: T
  /** `first` is the side whose additions stand first where the order has to be chosen. */
  readonly first: T
  readonly second: T
}

/**
 * The keys of both sides in one order, without those that a side has removed. Sorted where every version is; else what a side
 * added stands after what it follows there, and what it added at the end, at the end.
 *
 * @param isRename whether an added one took the place of a removed one.
 */
export function mergeKeys<T extends Keyed>(
  { base, first, second }: Sides<readonly T[]>,
  {
    isSorted,
    isRename,
  }: { readonly isSorted: boolean; readonly isRename: (removed: T, added: T) => boolean },
): readonly string[] {
  const sides = [first, second]
  const kept = keysKept(base, sides)
  if (isSorted) {
    const sortKeys = new Map([...base, ...second, ...first].map((each) => [each.key, each.sortKey]))
    const all = [
      ...new Set([...kept, ...sides.flatMap((side) => addedTo(base, side).map((each) => each.key))]),
    ]
    return all.sort((one, other) => ((sortKeys.get(one) ?? '') < (sortKeys.get(other) ?? '') ? -1 : 1))
  }
  const spine = spineOf(base, sides)
  const placed = sides.map((side) => placeAdded(spine, side, { base, isRename }))
  const order = ['', ...spine].flatMap((at) => [
    ...(kept.has(at) ? [at] : []),
    ...placed.flatMap((additions) => additions.get(at) ?? []),
  ])
  return [...new Set(order)]
}

export function isSortedList(list: readonly Keyed[]): boolean {
  return list.every((each, at) => at === 0 || (list[at - 1]?.sortKey ?? '') <= each.sortKey)
}

function keysKept(base: readonly Keyed[], sides: readonly (readonly Keyed[])[]): ReadonlySet<string> {
  const has = sides.map((side) => new Set(side.map((each) => each.key)))
  return new Set(base.map((each) => each.key).filter((key) => has.every((keys) => keys.has(key))))
}

function addedTo<T extends Keyed>(base: readonly T[], side: readonly T[]): readonly T[] {
  const known = new Set(base.map((each) => each.key))
  return side.filter((each) => !known.has(each.key))
}

/** The keys of base, in the order of a side that has given them another one. */
function spineOf(base: readonly Keyed[], sides: readonly (readonly Keyed[])[]): readonly string[] {
  const keys = base.map((each) => each.key)
  for (const side of sides) {
    const own = side.map((each) => each.key).filter((key) => keys.includes(key))
    const isReordered = own.some((key, at) => at > 0 && keys.indexOf(own[at - 1] ?? '') > keys.indexOf(key))
    if (isReordered) return [...own, ...keys.filter((key) => !own.includes(key))]
  }
  return keys
}

/** By the key of the spine that they follow; the empty one is the start. */
function placeAdded<T extends Keyed>(
  spine: readonly string[],
  side: readonly T[],
  { base, isRename }: { readonly base: readonly T[]; readonly isRename: (removed: T, added: T) => boolean },
): ReadonlyMap<string, readonly string[]> {
  const there = new Set(side.map((each) => each.key))
  const removed = base.filter((each) => !there.has(each.key))
  const lastKept = side.findLastIndex((each) => spine.includes(each.key))
  const last = spine.at(-1) ?? ''
  const placed = new Map<string, string[]>()
  let anchor = ''
  for (const [at, each] of side.entries()) {
    if (spine.includes(each.key)) {
      anchor = each.key
      continue
    }
    const isAtEnd = at > lastKept && !removed.some((gone) => isRename(gone, each))
    const after = isAtEnd ? last : anchor
    placed.set(after, [...(placed.get(after) ?? []), each.key])
  }
  return placed
}
