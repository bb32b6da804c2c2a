import { judgeAtForge, judgeReading } from '../forge.ts'
import { green, notApplicable, red, type Row } from '../row.ts'

/** An open issue or pull request with the label, in any of the train's repos, stops a run. */
export const row: Row = {
  check: 'blocking_label',
  over: 'every',
  async judge(input) {
    const label = input.context.train.blockingLabel
    if (label === null) return notApplicable('No label blocks this train.')
    return judgeAtForge(input, async ({ repository }) =>
      judgeReading(await repository.readBlocking(label), {
        what: `Open issues and pull requests with ${label}`,
        judge: (items) =>
          items.length === 0
            ? green('1 of 1 labels', `Nothing open has the label ${label}.`)
            : red(
                '1 of 1 labels',
                `${items.map(({ number, title }) => `#${number} (${title})`).join(', ')} has the label ${label}; close it, or take the label off.`,
              ),
      }),
    )
  },
}
