import { dirname, resolve } from 'node:path'
import { stat } from 'node:fs/promises'
import { fileTreeOfFolder } from '@conduct/ecosystems'
import { findUnpublished, showReference } from '../references.ts'
import { green, notApplicable, red, type Row, unknown } from '../row.ts'

/** The same in a declared checkout, as its files lie there now. */
export const row: Row = {
  check: 'unpublished_checkout',
  over: 'consumer',
  async judge({ context, survey, frozen }) {
    if (survey.artifacts.length === 0) return notApplicable('This train has no library.')
    if (frozen.repo.path === null) return notApplicable('No local checkout is declared.')
    const path = resolve(dirname(context.configPath), frozen.repo.path)
    const folder = await stat(path).catch(() => null)
    if (folder?.isDirectory() !== true)
      return unknown('0 of 1 checkouts', `${path}: there is no such folder.`)
    const found = await findUnpublished(context, fileTreeOfFolder(path), { survey, adopter: frozen.adopter })
    const one = '1 of 1 checkouts'
    if (found.length === 0) return green(one, `${path} relies on published versions only.`)
    return red(
      one,
      `${path} relies on what is not published: ${found.map(showReference).join('; ')}; use a published version there.`,
    )
  },
}
