import { batchBranch, batchPrefix, trailers } from '@conduct/conductor/batch'
import type { CommandContext } from '../command.ts'
import type { Work } from './changed-paths.ts'
import { lookAtGit } from './git-look.ts'
import { readObjects, type TextBeforeAndAfter } from './read-texts.ts'
import type { Smuggling } from './smuggling.ts'

const batchesMax = 50
const commitsMax = 500

/**
 * Migrations that a written batch has already, as long as their own branch keeps them: by the ticket's branch, or by their text.
 */
export function batchDuplicates(
  { cwd }: Pick<CommandContext, 'cwd'>,
  {
    work,
    texts,
    added,
  }: {
    readonly work: Work
    readonly texts: readonly TextBeforeAndAfter[]
    readonly added: readonly string[]
  },
): Smuggling['signals'] {
  if (added.length === 0 || work.branch?.startsWith(batchBranch(batchPrefix)) === true) return []
  return batchesIn(cwd).flatMap(({ id, ticket, source }) => {
    const there = readObjects(
      cwd,
      added.map((path) => `${source}:${path}`),
    )
    return added.flatMap((path, at) => {
      const text = there[at] ?? null
      const own = texts.find((each) => each.path === path)?.after
      if (text === null || (ticket !== work.branch && text !== own)) return []
      return [
        {
          kind: 'duplicate_of_batch',
          place: { file: path, line: 1 },
          why: `It is a duplicate of ${id}, which has it as ${ticket}.`,
          remedy: `Merge the commit that batch write offered for it (refs/conduct/_offers/${id}/${ticket}), or take the migration out here.`,
        },
      ]
    })
  })
}

/** What each batch took, here or at a remote: of which ticket, as its branch stood. */
function batchesIn(
  cwd: string,
): readonly { readonly id: string; readonly ticket: string; readonly source: string }[] {
  const pattern = `${batchBranch(batchPrefix)}*`
  const { stdout } = lookAtGit(cwd, [
    'for-each-ref',
    `--count=${batchesMax}`,
    '--sort=-committerdate',
    '--format=%(objectname)',
    `refs/heads/${pattern}`,
    `refs/remotes/*/${pattern}`,
  ])
  const tips = [...new Set(stdout.split('\n').filter((line) => line !== ''))]
  if (tips.length === 0) return []
  const of = (name: string): string => `%(trailers:key=${name},valueonly,separator=%x1f)`
  const { batch, ticket, source } = trailers
  const format = `${of(batch)}%x00${of(ticket)}%x00${of(source)}%x00%x01`
  const found = tips.flatMap((tip) => {
    const log = lookAtGit(cwd, [
      'log',
      '--first-parent',
      `--max-count=${commitsMax}`,
      `--grep=^${batch}: `,
      `--format=${format}`,
      tip,
    ])
    return log.stdout.split('\u0001').flatMap((record) => {
      const [id = '', tickets = '', sources = ''] = record.trim().split('\0')
      const heads = sources.split('\u001F')
      return tickets.split('\u001F').flatMap((name, at) => {
        const head = heads[at]
        return id === '' || name === '' || head === undefined ? [] : [{ id, ticket: name, source: head }]
      })
    })
  })
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()]
}
