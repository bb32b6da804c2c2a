/** Something that lets one in at a time. */
export interface Peer extends AsyncDisposable {
  readonly label: string
  /** Asks, is let in, and gives back, with nobody else there. */
  turn(): Promise<void>
  /** Contenders, each with connections of its own, take `turns` turns in all; `inside` is what they do there. */
  relay(options: Relay): Promise<void>
}

export interface Relay {
  readonly contenders: number
  readonly turns: number
  readonly inside: () => Promise<void>
}

/** Whoever has been inside does something else for a moment: the next is one of those who wait. */
const outsideMs = 15

/** Contenders that ask again and again until all turns are taken. */
export async function contend(
  { contenders, turns, inside }: Relay,
  open: (
    index: number,
  ) => Promise<{ readonly enter: () => Promise<() => Promise<unknown>> } & AsyncDisposable>,
): Promise<void> {
  let left = turns
  await Promise.all(
    Array.from({ length: contenders }, async (_, index) => {
      await using contender = await open(index)
      while (left > 0) {
        const leave = await contender.enter()
        left -= 1
        await inside()
        await leave()
        await new Promise((resolve) => setTimeout(resolve, outsideMs))
      }
    }),
  )
}
