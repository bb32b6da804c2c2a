import { ConductError, isConductError } from '@conduct/core'

/**
 * A file that cannot be read is told with the repo and the commit it stands in: every repo has a package.json.
 *
 * @throws ConductError FILE_UNREADABLE, and whatever else `work` throws
 */
export async function inRepo<Result>(
  frozen: { readonly name: string; readonly commit: string },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!isConductError(error, 'FILE_UNREADABLE')) throw error
    const where = `${frozen.name} at ${frozen.commit.slice(0, 7)}`
    throw new ConductError('FILE_UNREADABLE', `${where}: ${error.message}`, {
      cause: error,
      details: { ...error.details, repo: frozen.name },
    })
  }
}
