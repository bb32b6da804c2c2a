import { estateRefs, type GitUnit, unitOfRef } from './git-names.ts'
import type { GitRepository } from './git-repository.ts'

/** The units of an estate whose names may begin with `prefix`, as they stand at the remote now, all at hand. */
export async function unitsBelow(
  repository: GitRepository,
  {
    estate,
    prefix,
    endMs,
  }: { readonly estate: string | null; readonly prefix: string; readonly endMs: number },
): Promise<readonly { readonly unit: GitUnit; readonly head: string }[]> {
  const refs = repository.refs()
  const listed = await refs.list(estateRefs(estate), endMs - performance.now())
  const found = [...listed].flatMap(([ref, head]) => {
    const unit = unitOfRef(estate, ref)
    if (unit === null) return []
    const isNear = unit.name.startsWith(prefix) || prefix.startsWith(unit.name)
    return isNear ? [{ unit, head }] : []
  })
  await refs.bring(new Map(found.map(({ unit, head }) => [unit.ref, head])), endMs - performance.now())
  return found
}
