/** Requests of one call that are under way at the same time. */
const parallelMax = 24

/** Answers in the order of the items. The first failure is thrown, and no further item is begun. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = 0
  let hasFailed = false
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length && !hasFailed; index = next++) {
      try {
        answers[index] = await work(items[index] as Item)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallelMax, items.length) }, lane))
  return answers
}
