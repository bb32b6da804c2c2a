import { findUnpublished, showReference } from '../references.ts'
import { green, notApplicable, red, type Row } from '../row.ts'

/** Nobody relies on an unpublished path or branch: manifests and lockfiles on main. */
export const row: Row = {
  check: 'unpublished_main',
  over: 'consumer',
  async judge({ context, survey, frozen }) {
    if (survey.artifacts.length === 0) return notApplicable('This train has no library.')
    const found = await findUnpublished(context, frozen.tree, { survey, adopter: frozen.adopter })
    const one = '1 of 1 commits'
    if (found.length === 0) return green(one, `${frozen.main} relies on published versions only.`)
    return red(
      one,
      `${frozen.main} relies on what is not published: ${found.map(showReference).join('; ')}; use a published version there.`,
    )
  },
}
