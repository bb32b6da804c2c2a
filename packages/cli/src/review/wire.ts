import type { Place } from '@conduct/core'
import type { ReviewFinding } from '@conduct/review'

export function toWireReviewFinding({ before, after, files, ...finding }: ReviewFinding) {
  return {
    ...finding,
    before: before === null ? null : toWirePlace(before),
    after: toWirePlace(after),
    files: files.map(({ repo, path, rule, otherLanes }) => ({ repo, path, rule, other_lanes: otherLanes })),
  }
}

function toWirePlace({ file, line, column, endLine, endColumn }: Place) {
  return { file, line, column, end_line: endLine, end_column: endColumn }
}
